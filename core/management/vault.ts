/** Whether sealed secrets can be used, and a way to look for their key again: under `/api/vault`. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { VaultState } from '../vault/vault.ts';
import type { Handlers } from './implementer.ts';

const state = z.object({
  state: z
    .enum(['open', 'locked', 'missing', 'refused', 'lost'])
    .describe('Other than open, accounts and API keys rest: why the key to the stored secrets is out of reach'),
  keptIn: z.string().optional().describe('Where the key is kept, in words'),
  message: z.string().optional().describe('What to do, when not open'),
});

export const vaultContract = {
  get: oc.route({ method: 'GET', path: '/vault', summary: 'Can stored secrets be used?' }).output(state),
  unlock: oc
    .route({ method: 'POST', path: '/vault/unlock', summary: 'Look for the key to the stored secrets again' })
    .output(state),
};

export const vaultHandlers = ({ vault }: Handlers) => ({
  get: vault.get.handler(({ context: { services } }) => viewOf(services.vault.state())),
  unlock: vault.unlock.handler(async ({ context: { services } }) => {
    const found = await services.vault.unlock();
    if (found.is === 'open') services.changed();
    return viewOf(found);
  }),
});

function viewOf(found: VaultState): z.output<typeof state> {
  return found.is === 'open' ? { state: 'open', keptIn: found.keptIn } : { state: found.is, message: found.message };
}
