import type { ManagementServices } from './services.ts';

/** Names of connections by id. */
export type AccountNames = ReadonlyMap<string, string>;

export function accountNames({ accounts }: Pick<ManagementServices, 'accounts'>): AccountNames {
  return new Map(accounts.list().map(({ id, name }) => [id, name]));
}
