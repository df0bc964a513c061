import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { StateMark } from '../../ui/state-mark.tsx';
import { Countdown } from '../../ui/values.tsx';
import { isExpired, type ProviderRow, STATE_OF } from './provider-rows.ts';
import styles from './providers.module.css';
import { signInPath } from './sign-in-url.ts';

export interface ProviderTileProps {
  readonly row: ProviderRow;
  /** Adds an account by a key. */
  readonly onConnect: (row: ProviderRow) => void;
}

/** One provider: how it stands, or the one step to connect it. The name leads to all about it. */
export function ProviderTile({ row, onConnect }: ProviderTileProps) {
  const { t } = useTranslation('providers');
  const { id, name, alias, models, takesKey, hasLogin, accounts } = row;
  const isConnected = accounts.length > 0;
  return (
    <li className={styles.tile} data-connected={isConnected}>
      <div className={styles.tileHead}>
        <Link href={`/providers/${encodeURIComponent(id)}`} className={styles.tileLink ?? ''}>
          {name}
        </Link>
        <code className={styles.quiet}>{alias}/</code>
      </div>
      <div className={styles.tileFoot}>
        {isConnected ? (
          <Standing row={row} />
        ) : (
          <span className={styles.quiet}>{models > 0 ? t('models.count', { count: models }) : t('models.own')}</span>
        )}
        {hasLogin && (
          <Button
            size="compact-xs"
            variant="default"
            component={Link}
            href={signInPath(id)}
            className={styles.tileAction ?? ''}
            aria-label={t('signIn.to', { name })}
          >
            {t('signIn.button')}
          </Button>
        )}
        {!isConnected && takesKey && (
          <Button
            size="compact-xs"
            variant="default"
            className={styles.tileAction ?? ''}
            aria-label={t('addKeyTo', { name })}
            onClick={() => onConnect(row)}
          >
            {t('addKeyShort')}
          </Button>
        )}
      </div>
    </li>
  );
}

function Standing({ row: { accounts, standing, untilMs } }: { readonly row: ProviderRow }) {
  const { t } = useTranslation('providers');
  const expired = accounts.filter(isExpired).length;
  return (
    <span className={styles.standing}>
      <StateMark state={STATE_OF[standing]} label={t(`standing.${standing}`)} />
      <span className={styles.quiet}>
        {untilMs !== undefined ? (
          <>
            {t('again')} <Countdown until={untilMs} />
          </>
        ) : (
          t('accounts.count', { count: accounts.length })
        )}
      </span>
      {expired > 0 && standing !== 'expired' && (
        <span className={styles.bad}>{t('accounts.expired', { count: expired })}</span>
      )}
    </span>
  );
}
