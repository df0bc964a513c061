/** The gateway's own state and its address, copied with a click, on every page. */
import { useTranslation } from 'react-i18next';
import { useCopy } from '../ui/copy.tsx';
import { useEndpoint } from '../ui/endpoint.ts';
import { StateMark } from '../ui/state-mark.tsx';
import styles from './endpoint-pill.module.css';

export function EndpointPill({ isLost }: { readonly isLost: boolean }) {
  const { t } = useTranslation();
  const { isCopied, copy } = useCopy();
  const { origin, authority, isPaused } = useEndpoint();
  const state = isLost ? 'failing' : isPaused ? 'off' : 'healthy';
  const words = { failing: t('endpoint.lost'), off: t('endpoint.paused'), healthy: t('endpoint.running') };
  return (
    <button
      type="button"
      className={styles.pill}
      title={`${words[state]}. ${t('endpoint.copy')}`}
      aria-label={t('endpoint.name', { address: authority, state: words[state] })}
      onClick={() => copy(`${origin}/v1`)}
    >
      <StateMark isCompact state={state} label={words[state]} />
      <span className={styles.address}>{isCopied ? t('copy.done') : authority}</span>
    </button>
  );
}
