/** All about one provider: its accounts in the order they are asked, its models, and how it does. */
import { Button } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { queries } from '../../api.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Accounts } from './accounts.tsx';
import { AddKey } from './add-key.tsx';
import { NodeActions } from './node-actions.tsx';
import { ProviderHealth } from './provider-health.tsx';
import { ProviderModels } from './provider-models.tsx';
import { type ProviderRow, useProviderRows } from './provider-rows.ts';
import styles from './providers.module.css';
import { SignInDialog } from './sign-in-dialog.tsx';
import { useSignInPlace } from './sign-in-url.ts';
import { TestPanel } from './test-panel.tsx';
import { useTestRun } from './test-run.ts';

export function ProviderDetailPage({ id }: { readonly id: string }) {
  const { t } = useTranslation('providers');
  const rows = useProviderRows();
  return (
    <PageStack>
      <nav aria-label={t('back')}>
        <Link href="/providers" className={styles.back ?? ''}>
          <IconChevronLeft size={14} aria-hidden="true" /> {t('title')}
        </Link>
      </nav>
      <QueryView query={rows} skeleton={<RowsSkeleton />} errorTitle={t('failed')}>
        {(all) => {
          const row = all.find((one) => one.id === id);
          return row === undefined ? (
            <>
              <PageHeader title={t('title')} />
              <EmptyState text={t('gone')} />
            </>
          ) : (
            <ProviderDetail row={row} />
          );
        }}
      </QueryView>
    </PageStack>
  );
}

function ProviderDetail({ row }: { readonly row: ProviderRow }) {
  const { t } = useTranslation('providers');
  const [isAdding, setIsAdding] = useState(false);
  const nodes = useQuery({ ...queries.providerNodes.list.queryOptions(), enabled: row.custom });
  const node = nodes.data?.nodes.find(({ id }) => id === row.id);
  const signIn = useSignInPlace(row.id);
  const run = useTestRun();
  const test = (): void =>
    run.start(row.accounts.map((account) => ({ connectionId: account.id, label: account.name })));
  return (
    <>
      <PageHeader
        title={row.name}
        action={
          <div className={styles.controls}>
            {row.takesKey && (
              <Button variant={row.hasLogin ? 'default' : 'filled'} onClick={() => setIsAdding(true)}>
                {t('addKeyShort')}
              </Button>
            )}
            {row.hasLogin && <Button onClick={() => signIn.show()}>{t('signIn.button')}</Button>}
          </div>
        }
      />
      <ProviderFacts row={row} actions={node !== undefined && <NodeActions node={node} />} />
      <TestPanel run={run} />
      <Accounts row={row} onTestAll={test} onTest={(account) => run.start([account])} isTesting={run.isRunning} />
      <ProviderHealth row={row} />
      <ProviderModels row={row} />
      {isAdding && <AddKey row={row} onClose={() => setIsAdding(false)} />}
      {signIn.isOpen && <SignInDialog row={row} place={signIn} />}
    </>
  );
}

function ProviderFacts({ row, actions }: { readonly row: ProviderRow; readonly actions: React.ReactNode }) {
  const { t } = useTranslation('providers');
  const { alias, baseUrl, formats, note, terms, keyUrl } = row;
  return (
    <Section title={t('about.title')} description={note} aside={actions}>
      <dl className={styles.facts}>
        <div>
          <dt>{t('facts.prefix')}</dt>
          <dd>
            <code>{alias}/</code>
          </dd>
        </div>
        <div>
          <dt>{t('facts.address')}</dt>
          <dd>
            <code>{baseUrl}</code>
          </dd>
        </div>
        <div>
          <dt>{t('facts.formats')}</dt>
          <dd>{formats.join(', ')}</dd>
        </div>
        {keyUrl !== undefined && (
          <div>
            <dt>{t('facts.keys')}</dt>
            <dd>
              <a href={keyUrl} target="_blank" rel="noreferrer">
                {t('key.get')}
              </a>
            </dd>
          </div>
        )}
      </dl>
      {terms !== undefined && (
        <p className={styles.terms}>
          {terms.sentence}{' '}
          <a href={terms.url} target="_blank" rel="noreferrer">
            {t('terms')}
          </a>
        </p>
      )}
    </Section>
  );
}
