/** Combos: a name for several models in order, under `/api/combos` (facts.md C.6, C.10, E.6). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import { compact } from '../base/json.ts';
import { SETTINGS_SHAPE } from '../policy/settings.ts';
import type { ComboModel, ComboRecord } from '../store/records.ts';
import { comboProblem } from './combo-graph.ts';
import { forgetCombo } from './forget.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { doneShape, idShape, isoTime, modelShape, timeShape } from './shapes.ts';

const strategy = z.enum(['priority', 'round-robin', 'random', 'weighted', 'least-used', 'cost-optimized']);
const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100)
  .regex(/^[A-Za-z0-9_/.-]+$/, 'may hold letters, digits and _ / . -')
  .refine((value) => !value.includes('../'), 'must not hold ../');
const weighted = z.strictObject({ model: modelShape, weight: z.number().min(0).max(100).optional() });
const entry = z.union([modelShape, weighted], 'must be a model string, or {model, weight} with a weight from 0 to 100');
const models = z.array(entry).min(1, 'must name at least one model').max(100);
const config = SETTINGS_SHAPE.comboDefaults;
const combo = z.object({
  id: z.string(),
  name: z.string(),
  strategy,
  models: z.array(z.union([z.string(), z.object({ model: z.string(), weight: z.number().optional() })])),
  config,
  createdAt: timeShape,
  updatedAt: timeShape,
});
const oneCombo = z.object({ combo });

export const combosContract = {
  list: oc
    .route({ method: 'GET', path: '/combos', summary: 'All combos' })
    .output(z.object({ combos: z.array(combo) })),
  create: oc
    .route({ method: 'POST', path: '/combos', successStatus: 201, summary: 'Create a combo' })
    .input(z.strictObject({ name, models, strategy: strategy.optional(), config: config.optional() }))
    .output(oneCombo),
  get: oc.route({ method: 'GET', path: '/combos/{id}', summary: 'One combo' }).input(idShape).output(oneCombo),
  update: oc
    .route({ method: 'PUT', path: '/combos/{id}', summary: 'Change a combo' })
    .input(z.strictObject({ name, models, strategy, config }).partial().extend(idShape.shape))
    .output(oneCombo),
  remove: oc
    .route({ method: 'DELETE', path: '/combos/{id}', summary: 'Remove a combo' })
    .input(idShape)
    .output(doneShape),
};

export const combosHandlers = ({ combos }: Handlers) => ({
  list: combos.list.handler(({ context: { services } }) => ({ combos: services.store.combos.list().map(toCombo) })),
  create: combos.create.handler(({ input, context: { services } }) => {
    const nowMs = services.clock.nowMs();
    const record: ComboRecord = {
      id: randomId('combo_'),
      name: input.name,
      strategy: input.strategy ?? 'priority',
      models: input.models.map(toModel),
      ...(input.config && { config: input.config }),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    check(services, record);
    services.store.combos.insert(record);
    services.changed();
    return { combo: toCombo(record) };
  }),
  get: combos.get.handler(({ input, context: { services } }) => ({ combo: toCombo(known(services, input.id)) })),
  update: combos.update.handler(({ input, context: { services } }) => {
    const before = known(services, input.id);
    const after: ComboRecord = {
      ...before,
      ...compact({
        name: input.name,
        strategy: input.strategy,
        models: input.models?.map(toModel),
        config: input.config,
      }),
      updatedAtMs: services.clock.nowMs(),
    };
    check(services, after, before.name);
    services.store.transaction(() => {
      const { id, ...change } = after;
      services.store.combos.update(id, change);
      if (after.name === before.name) return;
      renameIn(services, before.name, after);
      forgetCombo(services, before.name, after.name);
    });
    services.changed();
    return { combo: toCombo(known(services, input.id)) };
  }),
  remove: combos.remove.handler(({ input, context: { services } }) => {
    const { name: gone } = known(services, input.id);
    const users = services.store.combos
      .list()
      .filter(({ id, models: used }) => id !== input.id && used.some(({ model }) => model === gone));
    if (users.length > 0) {
      throw new OmniError(
        'conflict',
        `The combo "${gone}" is used by ${users.map((user) => `"${user.name}"`).join(', ')}. Take it out there first.`,
      );
    }
    services.store.combos.remove(input.id);
    forgetCombo(services, gone);
    services.changed();
    return { message: `The combo "${gone}" was removed.` };
  }),
});

/** Refuses a name in use, and what `comboProblem` finds once this combo stands beside the others. */
function check(services: ManagementServices, combo: ComboRecord, nameBefore = combo.name): void {
  const others = services.store.combos.list().filter(({ id }) => id !== combo.id);
  if (others.some((other) => other.name === combo.name)) {
    throw new OmniError('invalid_request', `A combo "${combo.name}" exists already.`, { path: 'name' });
  }
  const renamed = others.map((other) => ({ name: other.name, models: withName(other.models, nameBefore, combo.name) }));
  const problem = comboProblem([combo, ...renamed]);
  if (problem !== undefined) throw new OmniError('invalid_request', problem, { path: 'models' });
}

/** Combos that name the renamed one follow it. */
function renameIn({ store }: ManagementServices, before: string, combo: ComboRecord): void {
  for (const { id, models: used } of store.combos.list()) {
    if (id === combo.id || !used.some(({ model }) => model === before)) continue;
    store.combos.update(id, { models: withName(used, before, combo.name), updatedAtMs: combo.updatedAtMs });
  }
}

function withName(used: readonly ComboModel[], before: string, after: string): ComboModel[] {
  return used.map((item) => (item.model === before ? { ...item, model: after } : item));
}

function known(services: ManagementServices, id: string): ComboRecord {
  const found = services.store.combos.get(id);
  if (found === undefined) throw new OmniError('not_found', `There is no combo "${id}".`);
  return found;
}

function toModel(item: z.output<typeof entry>): ComboModel {
  if (typeof item === 'string') return { model: item };
  return { model: item.model, ...compact({ weight: item.weight }) };
}

/** Entries come back as they went in: a string where there is no weight. */
function toCombo({
  createdAtMs,
  updatedAtMs,
  models: used,
  config: own,
  ...rest
}: ComboRecord): z.output<typeof combo> {
  return {
    ...rest,
    config: own ?? {},
    models: used.map(({ model, weight }) => (weight === undefined ? model : { model, weight })),
    createdAt: isoTime(createdAtMs),
    updatedAt: isoTime(updatedAtMs),
  };
}
