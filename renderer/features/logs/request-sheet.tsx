/** One request beside the list: how it ended and what to do, its attempts, where the time went, tokens, losses and bodies. */
import { Drawer, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { queries } from '../../api.ts';
import { adviceFor } from '../../ui/advice.ts';
import { OutcomeMark } from '../../ui/outcome-mark.tsx';
import { QueryView } from '../../ui/states.tsx';
import { Attempts } from './attempts.tsx';
import { Bodies } from './bodies.tsx';
import type { DetailProps } from './detail.ts';
import { Facts } from './facts.tsx';
import { Figures } from './figures.tsx';
import styles from './logs.module.css';
import { Part } from './part.tsx';

export function RequestSheet({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation('logs');
  const detail = useQuery(queries.usageLogs.get.queryOptions({ input: { id } }));
  return (
    <Drawer
      opened
      position="right"
      size={600}
      onClose={onClose}
      transitionProps={{ duration: 120 }}
      title={t('sheet.title')}
      closeButtonProps={{ 'aria-label': t('sheet.close') }}
    >
      <QueryView query={detail} skeleton={<SheetSkeleton />} errorTitle={t('sheet.failed')}>
        {(request) => <Sheet request={request} />}
      </QueryView>
    </Drawer>
  );
}

function Sheet({ request }: DetailProps) {
  const { t } = useTranslation('logs');
  const { outcome, status, requestedModel, losses } = request;
  return (
    <div className={styles.sheet}>
      <div>
        <code className={styles.asked}>{requestedModel}</code>
        <OutcomeMark isSpelledOut outcome={outcome} status={status} />
      </div>
      {outcome === 'error' && <Failure request={request} />}
      <Figures request={request} />
      <Attempts request={request} />
      {losses.length > 0 && (
        <Part title={t('losses.title')}>
          <p className={styles.quiet}>{t('losses.text')}</p>
          <ul className={styles.losses}>
            {losses.map((loss) => (
              <li key={loss}>
                <code>{loss}</code>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Facts request={request} />
      <Bodies request={request} />
    </div>
  );
}

function Failure({ request: { error, errorCode } }: DetailProps) {
  const { t } = useTranslation('logs');
  const { kind, path } = adviceFor(errorCode);
  return (
    <div className={styles.failure}>
      <p>{error ?? t('failure.unknown')}</p>
      <p>
        {kind !== 'log' && kind !== 'input' && <Link href={path}>{t(`advice.${kind}`)}</Link>}
        {kind === 'input' && t('advice.input')}
        {kind === 'log' && t('advice.log')}
      </p>
      {errorCode !== undefined && <code className={styles.quiet}>{errorCode}</code>}
    </div>
  );
}

function SheetSkeleton() {
  return (
    <div className={styles.sheet}>
      <Skeleton height={24} width="60%" />
      <Skeleton height={72} />
      <Skeleton height={120} />
      <Skeleton height={200} />
    </div>
  );
}
