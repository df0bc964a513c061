import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Duration, Money, Tokens } from '../../ui/values.tsx';
import type { DetailProps } from './detail.ts';
import styles from './logs.module.css';

/** Time, tokens and money of one request, each with what it is made of. */
export function Figures({ request }: DetailProps) {
  const { t } = useTranslation('logs');
  const { durationMs, firstContentMs, tokensIn, tokensOut, tokensCached, tokensReasoning, cost, saved } = request;
  return (
    <div className={styles.figures}>
      <Figure label={t('figure.duration')} value={<Duration ms={durationMs} />}>
        {firstContentMs !== undefined && (
          <>
            <Duration ms={firstContentMs} /> {t('figure.firstContent')}
          </>
        )}
      </Figure>
      <Figure label={t('figure.in')} value={<Tokens count={tokensIn} />}>
        {tokensCached > 0 && (
          <>
            <Tokens count={tokensCached} /> {t('figure.cached')}
          </>
        )}
      </Figure>
      <Figure label={t('figure.out')} value={<Tokens count={tokensOut} />}>
        {tokensReasoning > 0 && (
          <>
            <Tokens count={tokensReasoning} /> {t('figure.reasoning')}
          </>
        )}
      </Figure>
      <Figure label={t('figure.cost')} value={<Money usd={cost} />}>
        {cost === null && t('figure.noPrice')}
        {saved !== undefined && (
          <>
            <Money usd={saved} /> {t('figure.saved')}
          </>
        )}
      </Figure>
    </div>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly children: ReactNode;
}

function Figure({ label, value, children }: FigureProps) {
  return (
    <div>
      <div className={styles.quiet}>{label}</div>
      <div className={styles.value}>{value}</div>
      <div className={styles.quiet}>{children}</div>
    </div>
  );
}
