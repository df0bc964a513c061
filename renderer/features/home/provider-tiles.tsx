/** One tile a connected provider: how its accounts stand, and what is left of them. */
import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { queries } from '../../api.ts';
import { formatCount, formatPercent, formatShortTime } from '../../ui/format.ts';
import { Section, TileGrid } from '../../ui/section.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { EmptyState, QueryView, type QueryViewProps, TilesSkeleton } from '../../ui/states.tsx';
import { Countdown } from '../../ui/values.tsx';
import styles from './home.module.css';
import { type ConnectionList, type Tile, type TileQuota, tilesOf } from './tiles.ts';

export function ProviderTiles({ connections }: { readonly connections: QueryViewProps<ConnectionList>['query'] }) {
  const { t } = useTranslation('home');
  const snapshot = useQuery(queries.live.snapshot.queryOptions());
  const providers = useQuery(queries.knownProviders.list.queryOptions());
  const history = useQuery(queries.usage.history.queryOptions());
  const quotas = useQuery(queries.quotas.list.queryOptions());
  return (
    <Section title={t('providers.title')} aside={<Link href="/providers">{t('providers.all')}</Link>}>
      <QueryView query={connections} skeleton={<TilesSkeleton />} errorTitle={t('providers.failed')}>
        {({ connections: all }) =>
          all.length === 0 ? (
            <EmptyState
              text={t('providers.empty')}
              action={
                <Button component={Link} href="/providers" variant="default">
                  {t('providers.connect')}
                </Button>
              }
            />
          ) : (
            <TileGrid>
              {tilesOf(all, {
                ...{ snapshot: snapshot.data, providers: providers.data },
                ...{ history: history.data, quotas: quotas.data },
              }).map((tile) => (
                <ProviderTile key={tile.provider} tile={tile} />
              ))}
            </TileGrid>
          )
        }
      </QueryView>
    </Section>
  );
}

function ProviderTile({ tile }: { readonly tile: Tile }) {
  const { t } = useTranslation('home');
  const { provider, name, state, accounts, requests, untilMs, message, quota } = tile;
  return (
    <Link href={`/providers/${encodeURIComponent(provider)}`} className={styles.tile ?? ''}>
      <span className={styles.tileName}>{name}</span>
      <StateMark state={state} label={t(`tile.${state}`)} />
      <span className={styles.quiet}>
        {t('tile.accounts', { count: accounts })} ·{' '}
        {t('tile.requests', { count: requests, number: formatCount(requests) })}
      </span>
      {quota !== undefined && <Quota quota={quota} />}
      {untilMs !== undefined && (
        <span className={styles.quiet} title={message}>
          {t('tile.again')} <Countdown until={untilMs} />
        </span>
      )}
    </Link>
  );
}

function Quota({ quota: { left, window, resetAt } }: { readonly quota: TileQuota }) {
  const { t } = useTranslation('home');
  const colour = left < 0.1 ? 'var(--om-bad)' : left < 0.25 ? 'var(--om-warn)' : 'var(--om-accent)';
  const words = t('tile.left', { left: formatPercent(left), window });
  return (
    <span className={styles.quota}>
      <span className={styles.quiet}>
        {words}
        {resetAt !== undefined && <> · {t('tile.resets', { at: formatShortTime(new Date(resetAt)) })}</>}
      </span>
      <Progress size={4} color={colour} value={left * 100} aria-label={words} />
    </span>
  );
}
