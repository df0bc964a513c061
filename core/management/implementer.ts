/** The contract made implementable: each feature gets its handlers' builders from here, with the call's context typed. */
import { implement } from '@orpc/server';
import { audited } from './audited.ts';
import { contract } from './contract.ts';
import type { CallContext } from './services.ts';

export const implementer = implement(contract).$context<CallContext>().use(audited);
export type Handlers = typeof implementer;
