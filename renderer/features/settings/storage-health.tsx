import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import { TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/values.tsx';

/** Where the data is, how much of its room it takes up, and when it was last backed up. */
export function StorageHealth() {
  const { t } = useTranslation('settings');
  const storage = useQuery(queries.monitoring.storage.queryOptions());
  return (
    <QueryView query={storage} skeleton={<TilesSkeleton tiles={3} />} errorTitle={t('health.failed')}>
      {({ fileBytes, sizeBytes, maxBytes, dbPath, dataDir, lastBackupAt, backupCount }) => (
        <TileGrid minWidthPx={220} isFilling>
          <StatCard
            label={t('health.size')}
            value={formatBytes(fileBytes)}
            detail={<span title={dbPath}>{t('health.folder', { folder: dataDir })}</span>}
          />
          <StatCard
            label={t('health.used')}
            value={formatPercent(sizeBytes / maxBytes)}
            detail={t('health.of', { used: formatBytes(sizeBytes), most: formatBytes(maxBytes) })}
          />
          <StatCard
            label={t('health.backup')}
            value={lastBackupAt === null ? t('health.never') : <RelativeTime at={lastBackupAt} />}
            detail={t('health.backups', { count: backupCount })}
          />
        </TileGrid>
      )}
    </QueryView>
  );
}
