/** One combo: whom it asks in which order, how that went, and what can be done with it. */
import { Badge, Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Outputs } from '../../api.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { formatCount, formatDuration, formatPercent } from '../../ui/format.ts';
import { ProgressList } from '../../ui/progress-list.tsx';
import { Card } from '../../ui/section.tsx';
import { type Combo, modelOf } from './combo-values.ts';
import styles from './combos.module.css';
import { useComboTest } from './use-combo-test.ts';

type Metrics = Outputs['comboTests']['metrics']['metrics'][string];

export interface ComboCardProps {
  readonly combo: Combo;
  /** Undefined until it was asked. */
  readonly metrics: Metrics | undefined;
  readonly onRemove: () => void;
}

export function ComboCard({ combo, metrics, onRemove }: ComboCardProps) {
  const { t } = useTranslation('combos');
  const [, go] = useLocation();
  const { id, name, strategy } = combo;
  const test = useComboTest();
  const isTesting = test.items?.some(({ state }) => state === 'waiting' || state === 'running') ?? false;
  return (
    <Card>
      <article className={styles.card} aria-label={name}>
        <header className={styles.cardHead}>
          <h2 className={styles.name}>
            <Link href={`/combos/${id}`}>{name}</Link>
          </h2>
          <CopyButton text={name} label={t('copy', { name })} />
          <Badge variant="default" className={styles.badge ?? ''}>
            {t(`strategy.${strategy}`)}
          </Badge>
        </header>
        <Figures metrics={metrics} />
        <div className={styles.cardBody}>
          {test.items === undefined ? (
            <ModelRows combo={combo} metrics={metrics} />
          ) : (
            <ProgressList label={t('testOf', { name })} items={test.items} onCancel={test.cancel} />
          )}
        </div>
        <footer className={styles.line}>
          {test.items !== undefined && !isTesting && (
            <Button size="compact-xs" variant="default" onClick={test.close}>
              {t('closeTest')}
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            disabled={isTesting}
            aria-label={t('testOf', { name })}
            onClick={() => test.start(combo)}
          >
            {t('test')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('duplicateOf', { name })}
            onClick={() => go(`/combos/new?from=${encodeURIComponent(id)}`)}
          >
            {t('duplicate')}
          </Button>
          <Button size="compact-xs" variant="default" aria-label={t('removeOf', { name })} onClick={onRemove}>
            {t('remove')}
          </Button>
        </footer>
      </article>
    </Card>
  );
}

function Figures({ metrics }: { readonly metrics: Metrics | undefined }) {
  const { t } = useTranslation('combos');
  if (metrics === undefined || metrics.totalRequests === 0) return <p className={styles.figures}>{t('unused')}</p>;
  const { totalRequests, successRate, fallbackRate, avgLatencyMs } = metrics;
  return (
    <p className={styles.figures}>
      {[
        t('requests', { count: totalRequests, number: formatCount(totalRequests) }),
        t('success', { rate: formatPercent(successRate / 100) }),
        t('fallback', { rate: formatPercent(fallbackRate / 100) }),
        formatDuration(avgLatencyMs),
      ].join(' · ')}
    </p>
  );
}

/** The bar is as long as the model's part of all calls; what failed of it is red. */
function ModelRows({ combo, metrics }: Pick<ComboCardProps, 'combo' | 'metrics'>) {
  const { t } = useTranslation('combos');
  const byModel = metrics?.byModel ?? {};
  const most = Math.max(1, ...Object.values(byModel).map(({ requests }) => requests));
  const hasFigures = Object.keys(byModel).length > 0;
  const counts = new Map<string, number>();
  return (
    <ol className={styles.models} aria-label={t('models')}>
      {combo.models.map((entry) => {
        const model = modelOf(entry);
        const nth = (counts.get(model) ?? 0) + 1;
        counts.set(model, nth);
        const { requests = 0, successes = 0, failures = 0, avgLatencyMs = 0 } = byModel[model] ?? {};
        const words = t('modelFigures', {
          count: requests,
          number: formatCount(requests),
          rate: formatPercent(successes / Math.max(1, requests)),
          time: formatDuration(avgLatencyMs),
        });
        return (
          <li key={`${model} ${nth}`} className={styles.model}>
            <code>{model}</code>
            {requests > 0 && <span className={styles.figures}>{words}</span>}
            {hasFigures && (
              <span className={styles.bar} aria-hidden="true">
                <span data-outcome="good" style={{ inlineSize: `${(successes / most) * 100}%` }} />
                <span data-outcome="bad" style={{ inlineSize: `${(failures / most) * 100}%` }} />
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
