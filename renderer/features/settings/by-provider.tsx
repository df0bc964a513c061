import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { Section } from '../../ui/section.tsx';
import { FieldRow } from './field-row.tsx';
import { PROVIDER_FIELDS, type Settings } from './fields.ts';
import styles from './settings.module.css';

export interface ByProviderProps {
  readonly tab: keyof typeof PROVIDER_FIELDS;
  readonly settings: Settings;
}

/** What one provider does otherwise than all others; an empty field is as for all. */
export function ByProvider({ tab, settings }: ByProviderProps) {
  const { t } = useTranslation('settings');
  const known = useQuery(queries.knownProviders.list.queryOptions()).data?.providers ?? [];
  const changed = changedProviders(tab, settings);
  const [chosen, setChosen] = useState(changed[0] ?? null);
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const choice = (id: string) => ({ value: id, label: names.get(id) ?? id });
  const others = [...names.keys()].filter((id) => !changed.includes(id));
  return (
    <Section title={t('provider.title')} description={t(`provider.${tab}`)}>
      <Select
        aria-label={t('provider.choose')}
        placeholder={t('provider.choose')}
        className={styles.picker ?? ''}
        searchable
        nothingFoundMessage={t('provider.none')}
        data={[
          { group: t('provider.changed'), items: changed.map(choice) },
          { group: t('provider.asAll'), items: others.map(choice) },
        ]}
        value={chosen}
        onChange={setChosen}
      />
      {chosen !== null &&
        PROVIDER_FIELDS[tab](chosen).map((field) => (
          <FieldRow key={field.path.join('.')} field={field} settings={settings} />
        ))}
    </Section>
  );
}

const KEPT = {
  routing: ['providerStrategies', 'providerOverrides'],
  resilience: ['providerResilience', 'providerTimeouts'],
} as const;

function changedProviders(tab: ByProviderProps['tab'], settings: Settings): readonly string[] {
  const ids = KEPT[tab].flatMap((name) =>
    Object.entries(settings[name]).flatMap(([id, own]) => (JSON.stringify(own) === '{}' ? [] : [id])),
  );
  return [...new Set(ids)];
}
