import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Donut } from '../../ui/chart.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatPercent } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Duration, Money, Tokens } from '../../ui/values.tsx';
import { type Analytics, type Measure, measured, type Sums } from './measures.ts';
import styles from './usage.module.css';

const GROUPS = ['provider', 'model', 'account', 'key', 'client'] as const;
type Group = (typeof GROUPS)[number];

interface Part extends Omit<Sums, 'date'> {
  readonly id: string;
  readonly name: string;
}

/** Who and what had which part: a ring for the eye, a table for the figures. */
export function Shares({ data, measure }: { readonly data: Analytics; readonly measure: Measure }) {
  const { t } = useTranslation('usage');
  const [group, setGroup] = useState<Group>('provider');
  const parts = partsOf(data, group).toSorted((a, b) => measured(measure, b) - measured(measure, a));
  const whole = parts.reduce((sum, part) => sum + measured(measure, part), 0);
  const names = new Map(parts.map(({ id, name }) => [id, name === 'other' ? t('other') : name]));
  const picker = (
    <SegmentedControl
      aria-label={t('shares.label')}
      value={group}
      onChange={setGroup}
      data={GROUPS.map((one) => ({ value: one, label: t(`shares.${one}`) }))}
    />
  );
  return (
    <Section title={t('shares.title')} aside={picker}>
      {whole === 0 ? (
        <EmptyState text={t('shares.empty')} />
      ) : (
        <div className={styles.shares}>
          <Donut
            label={t('shares.of', { group: t(`shares.${group}`), measure: t(`measure.${measure}`) })}
            shares={parts.map((part) => ({ name: part.id, value: measured(measure, part) }))}
            nameOf={(id) => names.get(id) ?? id}
            format={(value) => formatPercent(value / whole)}
          />
          <ShareTable group={group} parts={parts} measure={measure} whole={whole} />
        </div>
      )}
    </Section>
  );
}

interface ShareTableProps {
  readonly group: Group;
  readonly parts: readonly Part[];
  readonly measure: Measure;
  readonly whole: number;
}

function ShareTable({ group, parts, measure, whole }: ShareTableProps) {
  const { t } = useTranslation('usage');
  const figure = (id: string, header: string, sortBy: (part: Part) => number, cell: Column<Part>['cell']) => ({
    ...{ id, header, sortBy, cell, isNumeric: true },
  });
  const columns: readonly Column<Part>[] = [
    {
      id: 'name',
      header: t(`shares.${group}`),
      sortBy: ({ name }) => name,
      cell: ({ name }) => <span className={styles.name}>{name === 'other' ? t('other') : name}</span>,
    },
    figure(
      'requests',
      t('total.requests'),
      ({ requests }) => requests,
      ({ requests }) => <Tokens count={requests} />,
    ),
    figure(
      'tokens',
      t('total.tokens'),
      ({ totalTokens }) => totalTokens,
      ({ totalTokens }) => <Tokens count={totalTokens} />,
    ),
    figure(
      'cost',
      t('total.cost'),
      ({ cost }) => cost,
      ({ cost }) => <Money usd={cost} />,
    ),
    {
      ...figure(
        'latency',
        t('shares.latency'),
        ({ avgLatencyMs }) => avgLatencyMs,
        ({ avgLatencyMs }) => <Duration ms={avgLatencyMs} />,
      ),
      isExtra: true,
    },
    figure(
      'share',
      t('shares.part'),
      (part) => measured(measure, part),
      (part) => <PartBar ratio={measured(measure, part) / whole} />,
    ),
  ];
  return <DataTable label={t('shares.title')} columns={columns} rows={parts} rowKey={({ id }) => id} />;
}

function PartBar({ ratio }: { readonly ratio: number }) {
  return (
    <span className={styles.part}>
      <span className={styles.bar} aria-hidden="true">
        <span className={styles.fill} style={{ inlineSize: `${ratio * 100}%` }} />
      </span>
      <span className={styles.percent}>{formatPercent(ratio)}</span>
    </span>
  );
}

function partsOf({ byProvider, byModel, byAccount, byApiKey, byClient }: Analytics, group: Group): readonly Part[] {
  switch (group) {
    case 'provider':
      return byProvider.map((part) => ({ ...part, id: part.provider }));
    case 'model':
      return byModel.map((part) => ({ ...part, id: part.model, name: part.model }));
    case 'account':
      return byAccount.map((part) => ({ ...part, id: part.connectionId, name: part.account }));
    case 'key':
      return byApiKey.map((part) => ({ ...part, id: part.apiKeyId, name: part.apiKeyName }));
    case 'client':
      return byClient.map((part) => ({ ...part, id: part.client, name: part.client }));
  }
}
