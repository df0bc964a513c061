/** The contract made implementable: each feature gets its handlers' builders from here, with the call's context typed. */
import { implement } from '@orpc/server';
import { contract } from './contract.ts';
import type { CallContext } from './services.ts';

export const implementer = implement(contract).$context<CallContext>();
export type Handlers = typeof implementer;
