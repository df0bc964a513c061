/** The accounts at a provider, in the order in which they are asked. */
import { ActionIcon, Button, Menu, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, failureOf, type Outputs, queries, queryClient } from '../../api.ts';
import { Section } from '../../ui/section.tsx';
import { moved, SortableList } from '../../ui/sortable-list.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { Countdown, RelativeTime } from '../../ui/values.tsx';
import { AccountSettings } from './account-settings.tsx';
import { type Connection, isExpired, type ProviderRow } from './provider-rows.ts';
import styles from './providers.module.css';
import { signInPath } from './sign-in-url.ts';
import type { TestTarget } from './test-run.ts';

type Rest = Outputs['live']['snapshot']['resting'][number];

export interface AccountsProps {
  readonly row: ProviderRow;
  readonly isTesting: boolean;
  readonly onTest: (target: TestTarget) => void;
  readonly onTestAll: () => void;
}

export function Accounts({ row, isTesting, onTest, onTestAll }: AccountsProps) {
  const { t } = useTranslation('providers');
  const [edited, setEdited] = useState<Connection>();
  const [order, setOrder] = useState<readonly Connection[]>();
  const snapshot = useQuery(queries.live.snapshot.queryOptions());
  const removing = useUndoable((id) => api.providers.remove({ id }).finally(renew));
  const accounts = (order ?? row.accounts).filter(({ id }) => !removing.isLeaving(id));
  const move = (from: number, to: number): void => {
    const next = moved(accounts, from, to);
    setOrder(next);
    void saveOrder(next).finally(() => setOrder(undefined));
  };
  return (
    <Section
      isFlush
      title={t('accounts.title')}
      description={accounts.length > 1 ? t('accounts.order') : undefined}
      aside={
        accounts.length > 0 && (
          <Button variant="default" size="compact-sm" disabled={isTesting} onClick={onTestAll}>
            {accounts.length === 1 ? t('test.one') : t('test.all')}
          </Button>
        )
      }
    >
      {accounts.length === 0 ? (
        <EmptyState
          text={row.hasLogin ? t('accounts.emptyLogin') : t('accounts.empty')}
          action={
            row.hasLogin && (
              <Button component={Link} href={signInPath(row.id)}>
                {t('signIn.button')}
              </Button>
            )
          }
        />
      ) : (
        <SortableList
          label={t('accounts.title')}
          items={accounts}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
          onMove={move}
        >
          {(account) => (
            <AccountRow
              account={account}
              rest={snapshot.data?.resting.find(
                ({ connectionId, model }) => connectionId === account.id && model === undefined,
              )}
              onTest={() => onTest({ connectionId: account.id, label: account.name })}
              onEdit={() => setEdited(account)}
              onRemove={() => removing.start(account.id, t('accounts.removed', { name: account.name }))}
            />
          )}
        </SortableList>
      )}
      {edited !== undefined && <AccountSettings account={edited} row={row} onClose={() => setEdited(undefined)} />}
    </Section>
  );
}

interface AccountRowProps {
  readonly account: Connection;
  readonly rest: Rest | undefined;
  readonly onTest: () => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function AccountRow({ account, rest, onTest, onEdit, onRemove }: AccountRowProps) {
  const { t } = useTranslation('providers');
  const { id, name, email, plan, isActive } = account;
  const facts = [email === name ? undefined : email, plan, account.projectId, account.workspace].filter(Boolean);
  return (
    <div className={styles.account}>
      <div className={styles.accountName}>
        <div className={styles.accountTitle}>{name}</div>
        {facts.length > 0 && <div className={styles.quiet}>{facts.join(' · ')}</div>}
      </div>
      <div className={styles.accountState}>
        <AccountState account={account} rest={rest} />
      </div>
      <div className={styles.controls}>
        {isExpired(account) && (
          <Button size="compact-xs" component={Link} href={signInPath(account.provider)}>
            {t('signIn.buttonAgain')}
          </Button>
        )}
        <Switch
          aria-label={t('accounts.switch', { name })}
          checked={isActive}
          onChange={(event) => void setActive(id, event.currentTarget.checked)}
        />
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon aria-label={t('accounts.actions', { name })}>
              <IconDots size={16} aria-hidden="true" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={onTest}>{t('test.one')}</Menu.Item>
            <Menu.Item onClick={onEdit}>{t('accounts.edit')}</Menu.Item>
            <Menu.Item color="red" onClick={onRemove}>
              {t('remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </div>
  );
}

function AccountState({ account, rest }: { readonly account: Connection; readonly rest: Rest | undefined }) {
  const { t } = useTranslation('providers');
  const { isActive, testStatus, lastError, lastTested } = account;
  if (isExpired(account)) return <StateMark state="failing" label={t('standing.expired')} />;
  if (!isActive) return <StateMark state="off" label={t('standing.off')} />;
  if (rest !== undefined)
    return (
      <>
        <StateMark state="degraded" label={t('standing.resting')} />{' '}
        <span className={styles.quiet}>
          {t('again')} <Countdown until={rest.untilMs} />. {rest.message}
        </span>
      </>
    );
  if (testStatus === 'error' || testStatus === 'unavailable')
    return (
      <>
        <StateMark state="failing" label={t('standing.failing')} /> <span className={styles.quiet}>{lastError}</span>
      </>
    );
  if (testStatus === 'unknown') return <StateMark state="off" label={t('accounts.untested')} />;
  return (
    <>
      <StateMark state="healthy" label={t('standing.connected')} />{' '}
      {lastTested !== undefined && (
        <span className={styles.quiet}>
          {t('accounts.tested')} <RelativeTime at={lastTested} />
        </span>
      )}
    </>
  );
}

async function setActive(id: string, isActive: boolean): Promise<void> {
  await api.providers.update({ id, isActive }).catch(tell);
  await renew();
}

/** The place in the list becomes the priority; only what changed is written. */
async function saveOrder(accounts: readonly Connection[]): Promise<void> {
  const changed = accounts.flatMap(({ id, priority }, index) =>
    priority === index + 1 ? [] : [{ id, priority: index + 1 }],
  );
  await Promise.all(changed.map((change) => api.providers.update(change))).catch(tell);
  await renew();
}

function tell(error: unknown): void {
  notifications.show({ color: 'red', message: failureOf(error).message });
}

function renew(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: queries.providers.key() });
}
