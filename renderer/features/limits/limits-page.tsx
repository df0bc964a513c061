/** What rests, what is shut off, what is nearly used up, how fast providers answer: live, and at most ten seconds old. */
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack } from '../../ui/section.tsx';
import { VaultBanner } from '../../ui/vault-banner.tsx';
import { Breakers } from './breakers.tsx';
import { Caches } from './caches.tsx';
import { Locked } from './locked.tsx';
import { Quotas } from './quotas.tsx';
import { RateLimits } from './rate-limits.tsx';
import { Resting } from './resting.tsx';
import { Speed } from './speed.tsx';
import { SystemTiles } from './system-tiles.tsx';

export function LimitsPage() {
  const { t } = useTranslation('limits');
  return (
    <PageStack>
      <PageHeader title={t('title')} />
      <VaultBanner />
      <SystemTiles />
      <Quotas />
      <Resting />
      <Breakers />
      <Speed />
      <RateLimits />
      <Locked />
      <Caches />
    </PageStack>
  );
}
