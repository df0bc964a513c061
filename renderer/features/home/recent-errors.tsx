/** Failures of the last requests, like with like, each with what to do about it. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Outputs, queries } from '../../api.ts';
import { adviceFor } from '../../ui/advice.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/values.tsx';
import styles from './home.module.css';

type Log = Outputs['usageLogs']['list']['logs'][number];

const LOOKED_AT = 50;
const SHOWN = 5;

export function RecentErrors() {
  const { t } = useTranslation('home');
  const errors = useQuery(queries.usageLogs.list.queryOptions({ input: { status: 'error', limit: LOOKED_AT } }));
  return (
    <Section title={t('errors.title')} aside={<Link href="/logs?status=error">{t('errors.all')}</Link>}>
      <QueryView query={errors} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('errors.failed')}>
        {({ logs }) =>
          logs.length === 0 ? (
            <EmptyState text={t('errors.none')} />
          ) : (
            <ul className={styles.list}>
              {[...Map.groupBy(logs, ({ errorCode, provider, model }) => `${errorCode} ${provider} ${model}`).values()]
                .slice(0, SHOWN)
                .map((group) => (
                  <ErrorRow key={group[0]?.id} group={group} />
                ))}
            </ul>
          )
        }
      </QueryView>
    </Section>
  );
}

function ErrorRow({ group: [latest, ...others] }: { readonly group: readonly Log[] }) {
  const { t } = useTranslation('home');
  if (latest === undefined) return null;
  const { kind, path } = adviceFor(latest.errorCode);
  return (
    <li className={styles.error}>
      <div className={styles.errorWords}>
        <div className={styles.errorTitle}>
          <code>{latest.model === '' ? latest.requestedModel : latest.model}</code>
          <span className={styles.quiet}>
            {latest.account} {others.length > 0 && t('errors.times', { count: others.length + 1 })}{' '}
            <RelativeTime at={latest.timestamp} />
          </span>
        </div>
        <div>{latest.error ?? latest.errorCode}</div>
      </div>
      <Link href={path}>{t(`advice.${kind}`)}</Link>
    </li>
  );
}
