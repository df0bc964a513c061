/** Finds a model or a combo to add: by provider, with its price and what it can do. */
import { Badge, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Outputs, queries } from '../../api.ts';
import { formatMoney } from '../../ui/format.ts';
import { combosWithoutCycle } from './combo-values.ts';
import styles from './combos.module.css';

type Model = Outputs['models']['catalog']['catalog'][string]['models'][number];
interface Group {
  readonly group: string;
  readonly items: { value: string; label: string }[];
}
const MOST_OPTIONS = 100;

export interface ModelPickerProps {
  /** The combo's own name, which it may not hold. */
  readonly own: string | undefined;
  readonly chosen: readonly string[];
  readonly onPick: (model: string) => void;
}

export function ModelPicker({ own, chosen, onPick }: ModelPickerProps) {
  const { t } = useTranslation('combos');
  const [search, setSearch] = useState('');
  const { groups, models } = useChoices(own);
  const data = groups
    .map(({ group, items }) => ({ group, items: items.filter(({ value }) => !chosen.includes(value)) }))
    .filter(({ items }) => items.length > 0);
  return (
    <Select
      label={t('add')}
      placeholder={t('addHint')}
      nothingFoundMessage={t('addNothing')}
      searchable
      limit={MOST_OPTIONS}
      data={data}
      value={null}
      searchValue={search}
      onSearchChange={setSearch}
      maxDropdownHeight={360}
      renderOption={({ option }) => <Option name={option.value} model={models.get(option.value)} />}
      onChange={(model) => {
        if (model === null) return;
        onPick(model);
        setSearch('');
      }}
    />
  );
}

function Option({ name, model }: { readonly name: string; readonly model: Model | undefined }) {
  const { t } = useTranslation('combos');
  return (
    <span className={styles.option}>
      <code>{name}</code>
      <span className={styles.optionFacts}>
        {model?.capabilities.map((capability) => (
          <Badge key={capability} size="xs" variant="default" className={styles.badge ?? ''}>
            {t(`capability.${capability}`)}
          </Badge>
        ))}
        {model?.price !== undefined && <span title={t('price')}>{priceText(model.price)}</span>}
      </span>
    </span>
  );
}

/** `$3.00 / $15.00`: input and output, a million tokens each. */
function priceText({ input, output }: NonNullable<Model['price']>): string {
  return `${formatMoney(input)} / ${formatMoney(output)}`;
}

/** Combos first, then providers with an account, then the others. */
function useChoices(own: string | undefined): {
  readonly groups: readonly Group[];
  readonly models: ReadonlyMap<string, Model>;
} {
  const { t } = useTranslation('combos');
  const catalog = useQuery(queries.models.catalog.queryOptions());
  const combos = useQuery(queries.combos.list.queryOptions());
  return useMemo(() => {
    const providers = Object.entries(catalog.data?.catalog ?? {}).toSorted(
      ([, left], [, right]) => Number(right.active) - Number(left.active) || left.name.localeCompare(right.name),
    );
    const models = new Map(
      providers.flatMap(([alias, { models: own }]) => own.map((model) => [`${alias}/${model.id}`, model] as const)),
    );
    const toItem = (value: string) => ({ value, label: value });
    const groups = providers.map(([alias, { name, active, models: all }]) => ({
      group: active ? name : t('notConnected', { name }),
      items: all.map(({ id }) => toItem(`${alias}/${id}`)),
    }));
    const usable = combosWithoutCycle(combos.data?.combos ?? [], own).map(({ name }) => toItem(name));
    return { groups: oneEach([{ group: t('title'), items: usable }, ...groups]), models };
  }, [catalog.data, combos.data, own, t]);
}

/** Each value and each group name once: a list of options takes neither twice. */
function oneEach(groups: readonly Group[]): readonly Group[] {
  const seen = new Set<string>();
  const merged = new Map<string, Group['items']>();
  for (const { group, items } of groups) {
    const fresh = items.filter(({ value }) => !seen.has(value) && seen.add(value));
    merged.set(group, [...(merged.get(group) ?? []), ...fresh]);
  }
  return [...merged].map(([group, items]) => ({ group, items }));
}
