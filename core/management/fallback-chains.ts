/** Named fallback chains, under `/api/fallback/chains`; the original's form, keyed by model, is taken too (facts.md C.10, E.7). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { modelShape, nameShape } from './shapes.ts';

const chains = z.object({ chains: z.record(z.string(), z.array(z.string())) });
const named = z.strictObject({ name: nameShape, models: z.array(modelShape).min(1).max(50) });
const byModel = z.strictObject({
  model: modelShape,
  chain: z
    .array(z.strictObject({ provider: nameShape, priority: z.number().optional(), enabled: z.boolean().optional() }))
    .min(1)
    .max(50),
});
const which = z.union([z.strictObject({ name: nameShape }), z.strictObject({ model: modelShape })]);

export const fallbackChainsContract = {
  list: oc.route({ method: 'GET', path: '/fallback/chains', summary: 'All fallback chains' }).output(chains),
  put: oc
    .route({ method: 'POST', path: '/fallback/chains', summary: 'Create or replace a chain' })
    .input(z.union([named, byModel], 'must be {name, models} or {model, chain}'))
    .output(chains),
  remove: oc
    .route({ method: 'DELETE', path: '/fallback/chains', summary: 'Remove a chain' })
    .input(which)
    .output(chains),
};

export const fallbackChainsHandlers = ({ fallbackChains }: Handlers) => ({
  list: fallbackChains.list.handler(({ context: { services } }) => current(services)),
  put: fallbackChains.put.handler(({ input, context: { services } }) => {
    const name = 'name' in input ? input.name : input.model;
    const models = 'name' in input ? input.models : modelsOf(input);
    return change(services, { ...services.settings.current().fallbackChains, [name]: models });
  }),
  remove: fallbackChains.remove.handler(({ input, context: { services } }) => {
    const name = 'name' in input ? input.name : input.model;
    const { [name]: gone, ...others } = services.settings.current().fallbackChains;
    if (gone === undefined) throw new OmniError('not_found', `There is no fallback chain "${name}".`);
    return change(services, others);
  }),
});

/** The model, then the same one at the other providers, the lowest priority number first. */
function modelsOf({ model, chain }: z.output<typeof byModel>): string[] {
  const id = model.slice(model.indexOf('/') + 1);
  const others = chain
    .filter(({ enabled }) => enabled !== false)
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .map(({ provider }) => `${provider}/${id}`);
  return [...new Set([model, ...others])];
}

function change(services: ManagementServices, fallbackChains: Record<string, string[]>): z.output<typeof chains> {
  services.settings.change({ fallbackChains });
  services.changed();
  return current(services);
}

function current({ settings }: ManagementServices): z.output<typeof chains> {
  return { chains: settings.current().fallbackChains };
}
