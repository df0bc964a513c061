/** What the caches hold and spared. */
import { useTranslation } from 'react-i18next';
import { api, type Outputs } from '../../api.ts';
import { ConfirmButton } from '../../ui/controls.tsx';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import { Section, TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { Tokens } from '../../ui/values.tsx';
import { renewLimits, useCaches } from './live-data.ts';

export function Caches() {
  const { t } = useTranslation('limits');
  const caches = useCaches();
  const entries = caches.data?.semanticCache.dbEntries ?? 0;
  const clear = (
    <ConfirmButton
      label={t('caches.clear')}
      question={t('caches.question')}
      consequence={t('caches.consequence', { count: entries })}
      disabled={entries === 0}
      onConfirm={() => api.cache.clear().finally(renewLimits)}
    />
  );
  return (
    <Section title={t('caches.title')} description={t('caches.text')} aside={clear}>
      <QueryView query={caches} skeleton={<TilesSkeleton />} errorTitle={t('caches.failed')}>
        {(found) => <Figures caches={found} />}
      </QueryView>
    </Section>
  );
}

function Figures({ caches }: { readonly caches: Outputs['cache']['get'] }) {
  const { t } = useTranslation('limits');
  const figures = (hits: number, entries: number): string =>
    t('caches.figures', { count: hits, hits: formatNumber(hits), entries: formatNumber(entries) });
  const { semanticCache: answers, similarAnswers: similar, signatureCache: signatures, idempotency } = caches;
  return (
    <TileGrid minWidthPx={150} isFilling>
      <StatCard
        label={t('caches.answers')}
        value={formatPercent(Number(answers.hitRate) / 100)}
        detail={figures(answers.hits, answers.dbEntries)}
      />
      <StatCard
        label={t('caches.spared')}
        value={<Tokens count={answers.tokensSaved} />}
        detail={t('caches.sparedText')}
      />
      <StatCard
        label={t('caches.similar')}
        value={<Tokens count={similar.hits} />}
        detail={similar.enabled ? t('caches.entries', { count: similar.entries }) : t('caches.off')}
      />
      <StatCard
        label={t('caches.signatures')}
        value={formatPercent(Number(signatures.hitRate) / 100)}
        detail={figures(signatures.hits, signatures.entries)}
      />
      <StatCard
        label={t('caches.duplicates')}
        value={<Tokens count={idempotency.activeKeys} />}
        detail={t('caches.duplicatesText')}
      />
    </TileGrid>
  );
}
