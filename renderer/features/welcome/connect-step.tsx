import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Outputs, queries } from '../../api.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { QueryView, type QueryViewProps, RowsSkeleton } from '../../ui/states.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { KeyForm } from './key-form.tsx';
import { Step } from './step.tsx';
import styles from './welcome.module.css';

type Connections = Outputs['providers']['list'];

/** A login, a key or an own endpoint: whichever the person has. */
export function ConnectStep({ connections }: { readonly connections: QueryViewProps<Connections>['query'] }) {
  const { t } = useTranslation('welcome');
  const [isAdding, setIsAdding] = useState(false);
  const isDone = (connections.data?.connections.length ?? 0) > 0;
  return (
    <Step number={1} title={t('connect.title')} text={t('connect.text')} isDone={isDone}>
      <QueryView query={connections} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('connect.failed')}>
        {({ connections: all }) =>
          all.length > 0 && !isAdding ? (
            <>
              <Connected connections={all.slice(0, CONNECTED_SHOWN)} />
              <Button variant="default" onClick={() => setIsAdding(true)}>
                {t('connect.another')}
              </Button>
            </>
          ) : (
            <Ways onConnected={() => setIsAdding(false)} />
          )
        }
      </QueryView>
    </Step>
  );
}

const CONNECTED_SHOWN = 5;

/** What is connected, by its provider and its own name. */
function Connected({ connections }: Connections) {
  const known = useQuery(queries.knownProviders.list.queryOptions());
  const names = new Map(known.data?.providers.map(({ id, name }) => [id, name]));
  return (
    <ul className={styles.connected}>
      {connections.map(({ id, provider, name, testStatus }) => (
        <li key={id}>
          <StateMark
            state={testStatus === 'error' || testStatus === 'expired' ? 'failing' : 'healthy'}
            label={`${names.get(provider) ?? provider} · ${name}`}
          />
        </li>
      ))}
    </ul>
  );
}

const WAYS = ['key', 'endpoint', 'login'] as const;

function Ways({ onConnected }: { readonly onConnected: () => void }) {
  const { t } = useTranslation('welcome');
  const [way, setWay] = useState<(typeof WAYS)[number]>('key');
  return (
    <div className={styles.form}>
      <SegmentedControl
        className={styles.ways ?? ''}
        aria-label={t('connect.way')}
        value={way}
        onChange={(value) => setWay(WAYS.find((one) => one === value) ?? 'key')}
        data={WAYS.map((value) => ({ value, label: t(`way.${value}`) }))}
      />
      {way === 'key' && <KeyForm onConnected={onConnected} />}
      {way === 'endpoint' && <EndpointForm onConnected={onConnected} />}
      {way === 'login' && <Logins />}
    </div>
  );
}

/** The accounts that can be signed in to; each is signed in to on its own page. */
function Logins() {
  const { t } = useTranslation('welcome');
  const known = useQuery(queries.knownProviders.list.queryOptions());
  return (
    <QueryView query={known} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('login.failed')}>
      {({ providers }) => (
        <>
          <p className={styles.text}>{t('login.text')}</p>
          <div className={styles.logins}>
            {providers
              .filter(({ hasLogin }) => hasLogin)
              .map(({ id, name }) => (
                <Button key={id} variant="default" component={Link} href={`/providers/${encodeURIComponent(id)}`}>
                  {name}
                </Button>
              ))}
          </div>
        </>
      )}
    </QueryView>
  );
}
