/** One tile a connected provider: how its accounts stand, and what is left of them. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { queries } from '../../api.ts';
import { Section, TileGrid } from '../../ui/section.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { EmptyState, QueryView, type QueryViewProps, TilesSkeleton } from '../../ui/states.tsx';
import { Countdown, Tokens } from '../../ui/values.tsx';
import styles from './home.module.css';
import { type ConnectionList, type Tile, tilesOf } from './tiles.ts';

export function ProviderTiles({ connections }: { readonly connections: QueryViewProps<ConnectionList>['query'] }) {
  const { t } = useTranslation('home');
  const snapshot = useQuery(queries.live.snapshot.queryOptions());
  const providers = useQuery(queries.knownProviders.list.queryOptions());
  const history = useQuery(queries.usage.history.queryOptions());
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
              {tilesOf(all, { snapshot: snapshot.data, providers: providers.data, history: history.data }).map(
                (tile) => (
                  <ProviderTile key={tile.provider} tile={tile} />
                ),
              )}
            </TileGrid>
          )
        }
      </QueryView>
    </Section>
  );
}

function ProviderTile({ tile }: { readonly tile: Tile }) {
  const { t } = useTranslation('home');
  const { provider, name, state, accounts, requests, untilMs, message } = tile;
  return (
    <Link href={`/providers/${encodeURIComponent(provider)}`} className={styles.tile ?? ''}>
      <span className={styles.tileName}>{name}</span>
      <StateMark state={state} label={t(`tile.${state}`)} />
      <span className={styles.quiet}>
        {t('tile.accounts', { count: accounts })} · <Tokens count={requests} /> {t('tile.requests')}
      </span>
      {untilMs !== undefined && (
        <span className={styles.quiet} title={message}>
          {t('tile.again')} <Countdown until={untilMs} />
        </span>
      )}
    </Link>
  );
}
