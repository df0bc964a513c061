import { useTranslation } from 'react-i18next';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import { TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { Duration } from '../../ui/values.tsx';
import { useHealth, useStorage } from './live-data.ts';

/** The program itself: is it well, how long does it run, what does it take up. */
export function SystemTiles() {
  const { t } = useTranslation('limits');
  const health = useHealth();
  const storage = useStorage();
  return (
    <QueryView query={health} skeleton={<TilesSkeleton heightPx={96} />} errorTitle={t('system.failed')}>
      {({ status, system, activeRequests }) => (
        <TileGrid minWidthPx={150} isFilling>
          <StatCard
            label={t('system.status')}
            value={<StateMark state={status} />}
            detail={t('system.active', { count: activeRequests })}
          />
          <StatCard
            label={t('system.uptime')}
            value={<Duration ms={system.uptime * 1_000} />}
            detail={t('system.versions', { version: system.version, node: system.nodeVersion })}
          />
          <StatCard
            label={t('system.memory')}
            value={formatBytes(system.memoryUsage.rss)}
            detail={t('system.heap', { size: formatBytes(system.memoryUsage.heapUsed) })}
          />
          <StatCard
            label={t('system.database')}
            value={storage.data === undefined ? '–' : formatBytes(storage.data.fileBytes)}
            detail={
              storage.data !== undefined && (
                <span title={storage.data.dbPath}>
                  {t('system.share', {
                    share: formatPercent(storage.data.sizeBytes / storage.data.maxBytes),
                    folder: storage.data.dataDir,
                  })}
                </span>
              )
            }
          />
        </TileGrid>
      )}
    </QueryView>
  );
}
