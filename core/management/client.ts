/** The contract as its callers see it: the dashboard's type of every call, in a browser and over the desktop's port alike. */
import type { ContractRouterClient, InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from './contract.ts';

export type ManagementApi = ContractRouterClient<typeof contract>;
/** What each call takes: `Inputs['keys']['create']`. */
export type Inputs = InferContractRouterInputs<typeof contract>;
/** What each call answers: `Outputs['keys']['list']`. */
export type Outputs = InferContractRouterOutputs<typeof contract>;
