/** A key and its budget are two calls: one after the other, the key first. */
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { hasLimit, saveBudget } from '../../ui/budget.ts';
import type { KeyValues } from './key-form.tsx';

/** Makes the key and sets its budget; the answer holds the key itself, this once. */
export async function createKey(values: KeyValues): Promise<Outputs['keys']['create']> {
  const made = await api.keys.create(rightsOf(values));
  if (hasLimit(values)) await saveBudget(made.id, values);
  renew();
  return made;
}

export async function updateKey(id: string, values: KeyValues): Promise<void> {
  await api.keys.update({ id, ...rightsOf(values) });
  await saveBudget(id, values);
  renew();
}

function rightsOf({ name, mayManage, allowedModels, noLog }: KeyValues) {
  const scopes: ('inference' | 'management')[] = mayManage ? ['inference', 'management'] : ['inference'];
  return { name: name.trim(), scopes, allowedModels: [...allowedModels], noLog };
}

function renew(): void {
  void queryClient.invalidateQueries({ queryKey: queries.keys.key() });
}
