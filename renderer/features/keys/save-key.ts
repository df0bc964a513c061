/** A key and its budget are two calls: one after the other, the key first. */
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import type { KeyValues } from './key-form.tsx';

/** Makes the key and sets its budget; the answer holds the key itself, this once. */
export async function createKey(values: KeyValues): Promise<Outputs['keys']['create']> {
  const made = await api.keys.create(rightsOf(values));
  if (hasBudget(values)) await setBudget(made.id, values);
  renew();
  return made;
}

export async function updateKey(id: string, values: KeyValues): Promise<void> {
  await api.keys.update({ id, ...rightsOf(values) });
  await setBudget(id, values);
  renew();
}

function rightsOf({ name, mayManage, allowedModels, noLog }: KeyValues) {
  const scopes: ('inference' | 'management')[] = mayManage ? ['inference', 'management'] : ['inference'];
  return { name: name.trim(), scopes, allowedModels: [...allowedModels], noLog };
}

function hasBudget({ daily, weekly, monthly }: KeyValues): boolean {
  return [daily, weekly, monthly].some((limit) => limit !== '');
}

async function setBudget(apiKeyId: string, values: KeyValues): Promise<void> {
  const { daily, weekly, monthly } = values;
  if (!hasBudget(values)) await api.budget.remove({ query: { apiKeyId } });
  else {
    const [dailyLimitUsd, weeklyLimitUsd, monthlyLimitUsd] = [daily, weekly, monthly].map((limit) =>
      limit === '' ? null : limit,
    );
    await api.budget.set({ apiKeyId, dailyLimitUsd, weeklyLimitUsd, monthlyLimitUsd });
  }
}

function renew(): void {
  void queryClient.invalidateQueries({ queryKey: queries.keys.key() });
  void queryClient.invalidateQueries({ queryKey: queries.budget.key() });
}
