/** Every provider by how it is paid for, with the accounts at it; what is connected stands first in its group. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SearchField } from '../../ui/controls.tsx';
import { usePageActions } from '../../ui/page-actions.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { AddKey } from './add-key.tsx';
import { NodeForm } from './node-form.tsx';
import { type ProviderRow, useProviderRows } from './provider-rows.ts';
import { ProviderTile } from './provider-tile.tsx';
import styles from './providers.module.css';
import { TestPanel } from './test-panel.tsx';
import { useTestRun } from './test-run.ts';

/** Tiers in the order in which a person would think of them. */
const GROUPS = ['subscription', 'api-key', 'cheap', 'free', 'audio', 'own'] as const;
type Group = (typeof GROUPS)[number];
type Shown = 'all' | 'connected';

export function ProviderList() {
  const { t } = useTranslation('providers');
  const rows = useProviderRows();
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const [isAddingNode, setIsAddingNode] = useState(false);
  const [connecting, setConnecting] = useState<ProviderRow>();
  const run = useTestRun();
  usePageActions(useMemo(() => [{ id: 'add-node', label: t('node.add'), run: () => setIsAddingNode(true) }], [t]));
  const testAll = (): void =>
    run.start(
      (rows.data ?? []).flatMap(({ name, accounts }) =>
        accounts.map((account) => ({ connectionId: account.id, label: `${name} · ${account.name}` })),
      ),
    );
  const hasAccounts = rows.data?.some(({ accounts }) => accounts.length > 0) ?? false;
  return (
    <PageStack>
      <PageHeader
        title={t('title')}
        action={
          <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => setIsAddingNode(true)}>
            {t('node.add')}
          </Button>
        }
      />
      <div className={styles.bar}>
        <SearchField label={t('search')} value={search} onChange={setSearch} />
        <SegmentedControl
          aria-label={t('show.label')}
          value={shown}
          onChange={setShown}
          data={[
            { value: 'all', label: t('show.all') },
            { value: 'connected', label: t('show.connected') },
          ]}
        />
        <Button variant="default" disabled={!hasAccounts || run.isRunning} onClick={testAll}>
          {t('test.all')}
        </Button>
      </div>
      <TestPanel run={run} />
      <QueryView query={rows} skeleton={<TilesSkeleton tiles={12} heightPx={76} />} errorTitle={t('failed')}>
        {(all) => <Groups rows={all.filter((row) => isWanted(row, search, shown))} onConnect={setConnecting} />}
      </QueryView>
      {isAddingNode && <NodeForm onClose={() => setIsAddingNode(false)} />}
      {connecting !== undefined && <AddKey row={connecting} onClose={() => setConnecting(undefined)} />}
    </PageStack>
  );
}

function Groups({
  rows,
  onConnect,
}: {
  readonly rows: readonly ProviderRow[];
  readonly onConnect: (row: ProviderRow) => void;
}) {
  const { t } = useTranslation('providers');
  const groups = Map.groupBy(rows, groupOf);
  if (rows.length === 0) return <EmptyState text={t('nothing')} />;
  return GROUPS.map((group) => {
    const members = groups.get(group);
    if (members === undefined) return null;
    return (
      <Section key={group} title={t(`group.${group}`)} description={t(`about.${group}`)}>
        <ul className={styles.tiles}>
          {members.toSorted(connectedFirst).map((row) => (
            <ProviderTile key={row.id} row={row} onConnect={onConnect} />
          ))}
        </ul>
      </Section>
    );
  });
}

function groupOf({ tier }: ProviderRow): Group {
  return tier === 'local' ? 'own' : tier;
}

function connectedFirst(left: ProviderRow, right: ProviderRow): number {
  return Number(right.accounts.length > 0) - Number(left.accounts.length > 0);
}

function isWanted({ name, alias, id, accounts }: ProviderRow, search: string, shown: Shown): boolean {
  if (shown === 'connected' && accounts.length === 0) return false;
  const words = [name, alias, id, ...accounts.flatMap((account) => [account.name, account.email ?? ''])];
  return words.join(' ').toLowerCase().includes(search.trim().toLowerCase());
}
