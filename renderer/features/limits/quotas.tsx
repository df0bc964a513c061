/** What each account that was signed in to may still use, window by window. */
import { ActionIcon, Progress } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Outputs, queries, queryClient } from '../../api.ts';
import { formatCount, formatPercent } from '../../ui/format.ts';
import { Section, TileGrid } from '../../ui/section.tsx';
import { EmptyState, QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { Countdown, RelativeTime } from '../../ui/values.tsx';
import styles from './limits.module.css';
import { type Names, useNames, useQuotas } from './live-data.ts';
import { levelOf } from './quota-level.ts';

type Quota = Outputs['quotas']['list'][number];
type Window = Quota['windows'][number];

export function Quotas() {
  const { t } = useTranslation('limits');
  const quotas = useQuotas();
  const names = useNames();
  return (
    <Section title={t('quotas.title')} description={t('quotas.text')}>
      <QueryView query={quotas} skeleton={<TilesSkeleton heightPx={120} />} errorTitle={t('quotas.failed')}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState text={t('quotas.empty')} action={<Link href="/providers">{t('quotas.signIn')}</Link>} />
          ) : (
            <TileGrid minWidthPx={260}>
              {all.map((quota) => (
                <QuotaTile key={quota.connectionId} quota={quota} names={names} />
              ))}
            </TileGrid>
          )
        }
      </QueryView>
    </Section>
  );
}

function QuotaTile({ quota, names }: { readonly quota: Quota; readonly names: Names }) {
  const { t } = useTranslation('limits');
  const { connectionId, provider, name, plan, readAt, windows, message } = quota;
  const read = useMutation(
    queries.quotas.read.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.quotas.key() }),
    }),
  );
  return (
    <article className={styles.tile} aria-label={t('quotas.of', { name, provider: names.provider(provider) })}>
      <div className={styles.tileHead}>
        <span className={styles.words}>
          <span className={styles.name}>{name}</span>
          <span className={styles.quiet}>
            {names.provider(provider)}
            {plan !== undefined && ` · ${plan}`}
          </span>
        </span>
        <ActionIcon
          aria-label={t('quotas.read', { name })}
          loading={read.isPending}
          onClick={() => read.mutate({ connectionId })}
        >
          <IconRefresh size={14} aria-hidden="true" />
        </ActionIcon>
      </div>
      {windows.map((window) => (
        <Meter key={window.name} window={window} />
      ))}
      {message !== undefined && <p className={styles.warning}>{message}</p>}
      <span className={styles.quiet}>{readAt === null ? t('quotas.unread') : <RelativeTime at={readAt} />}</span>
    </article>
  );
}

function Meter({ window: { name, usedPercent, remaining, total, resetAt, unlimited } }: { readonly window: Window }) {
  const { t } = useTranslation('limits');
  if (unlimited === true) return <div className={styles.meter}>{t('quotas.unlimited', { window: name })}</div>;
  const left = Math.max(0, 1 - usedPercent / 100);
  const words = t('quotas.left', { window: name, left: formatPercent(left) });
  return (
    <div className={styles.meter}>
      <div className={styles.meterWords}>
        <span>{words}</span>
        <span className={styles.quiet}>
          {remaining !== undefined && total !== undefined && `${formatCount(remaining)} / ${formatCount(total)}`}
          {resetAt !== undefined && (
            <>
              {' '}
              {t('quotas.resets')} <Countdown until={resetAt} />
            </>
          )}
        </span>
      </div>
      <Progress size={6} color={`var(--om-${levelOf(left)})`} value={left * 100} aria-label={words} />
    </div>
  );
}
