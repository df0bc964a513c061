import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { queries } from '../../api.ts';
import { SearchField } from '../../ui/controls.tsx';
import styles from './logs.module.css';
import type { LogFilter } from './use-log.ts';

const NAMES = ['status', 'provider', 'model', 'apiKey'] as const;
type FilterName = (typeof NAMES)[number];
const STATUSES = ['ok', 'error', '400', '401', '429', '499', '500', '502', '503', '504'];
/** Typing asks when it rests. */
const TYPING_MS = 250;

export interface LogFilters {
  readonly filter: LogFilter;
  readonly isFiltering: boolean;
  readonly search: string;
  readonly setSearch: (text: string) => void;
  readonly choose: (name: FilterName, value: string | null) => void;
}

/** Choices stand in the address, so that a link can lead to "all failures of this provider". */
export function useLogFilters(): LogFilters {
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState(params.get('search') ?? '');
  const [settled] = useDebouncedValue(search.trim(), TYPING_MS);
  const chosen = params.toString();
  const filter = useMemo(() => {
    const from = new URLSearchParams(chosen);
    const entries = NAMES.map((name) => [name, from.get(name)] as const).filter(([, value]) => value !== null);
    return Object.fromEntries([...entries, ...(settled === '' ? [] : [['search', settled]])]) as LogFilter;
  }, [chosen, settled]);
  const choose: LogFilters['choose'] = (name, value) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === null) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  return { filter, isFiltering: Object.keys(filter).length > 0, search, setSearch, choose };
}

export function Filters({ filter, search, setSearch, choose }: LogFilters) {
  const { t } = useTranslation('logs');
  const history = useQuery(queries.usage.history.queryOptions());
  const known = useQuery(queries.knownProviders.list.queryOptions());
  const keys = useQuery(queries.keys.list.queryOptions());
  const names = new Map(known.data?.providers.map(({ id, name }) => [id, name]));
  const providers = Object.keys(history.data?.byProvider ?? {}).filter((id) => id !== '');
  const models = Object.keys(history.data?.byModel ?? {}).map((name) => name.slice(name.indexOf('/') + 1));
  const choices: Readonly<Record<FilterName, { value: string; label: string }[]>> = {
    status: STATUSES.map((value) => ({ value, label: labelOf(value, t('status.ok'), t('status.error')) })),
    provider: providers.map((value) => ({ value, label: names.get(value) ?? value })),
    model: [...new Set(models)].filter((name) => name !== '').map((value) => ({ value, label: value })),
    apiKey: (keys.data?.keys ?? []).map(({ id, name }) => ({ value: id, label: name })),
  };
  return (
    <div className={styles.filters}>
      <SearchField label={t('search')} value={search} onChange={setSearch} />
      {NAMES.map((name) => (
        <Select
          key={name}
          className={styles.filter ?? ''}
          aria-label={t(`filter.${name}`)}
          placeholder={t(`filter.${name}`)}
          data={withChosen(choices[name], filter[name])}
          value={filter[name] ?? null}
          onChange={(value) => choose(name, value)}
          searchable
          clearable
          limit={100}
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          nothingFoundMessage={t('filter.nothing')}
        />
      ))}
    </div>
  );
}

function labelOf(status: string, ok: string, error: string): string {
  return { ok, error }[status] ?? status;
}

/** What a link chose may be known to nobody yet. */
function withChosen(choices: { value: string; label: string }[], chosen: string | undefined) {
  if (chosen === undefined || choices.some(({ value }) => value === chosen)) return choices;
  return [{ value: chosen, label: chosen }, ...choices];
}
