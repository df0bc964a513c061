/** By which prices cost is counted: searched, changed in place, taken back. */
import { SegmentedControl } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SearchField } from '../../ui/controls.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import styles from './costs.module.css';
import { type PriceRow, usePriceRows } from './price-rows.ts';
import { PriceTable } from './price-table.tsx';
import type { Unit } from './unit.ts';

type Shown = 'all' | 'own';

export function Prices() {
  const { t } = useTranslation('costs');
  const rows = usePriceRows();
  const [search, setSearch] = useState('');
  const [unit, setUnit] = useState<Unit>('1m');
  const [shown, setShown] = useState<Shown>('all');
  const wanted = useDeferredValue(search).toLowerCase();
  const isWanted = ({ provider, providerName, model, isOwn }: PriceRow): boolean =>
    (shown === 'all' || isOwn) && `${provider}/${model} ${providerName}`.toLowerCase().includes(wanted);
  const own = rows.data?.filter(({ isOwn }) => isOwn).length ?? 0;
  const controls = (
    <>
      <SegmentedControl
        className={styles.choice ?? ''}
        aria-label={t('prices.which')}
        value={shown}
        onChange={setShown}
        data={[
          { value: 'all', label: t('prices.all') },
          { value: 'own', label: t('prices.own', { total: own }) },
        ]}
      />
      <SegmentedControl
        className={styles.choice ?? ''}
        aria-label={t('prices.unit')}
        value={unit}
        onChange={setUnit}
        data={[
          { value: '1m', label: t('prices.perMillion') },
          { value: '1k', label: t('prices.perThousand') },
        ]}
      />
      <SearchField label={t('prices.search')} value={search} onChange={setSearch} />
    </>
  );
  return (
    <Section isFlush title={t('prices.title')} description={t('prices.text')} aside={controls}>
      <QueryView query={rows} skeleton={<RowsSkeleton rows={8} />} errorTitle={t('prices.failed')}>
        {(all) => (
          <PriceTable
            rows={all.filter(isWanted)}
            unit={unit}
            empty={<EmptyState text={shown === 'own' && own === 0 ? t('prices.noneChanged') : t('prices.nothing')} />}
          />
        )}
      </QueryView>
    </Section>
  );
}
