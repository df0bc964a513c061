import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { formatDateTime } from '../../ui/format.ts';
import type { DetailProps } from './detail.ts';
import styles from './logs.module.css';
import { Part } from './part.tsx';

/** Who asked, for what, and who answered. */
export function Facts({ request }: DetailProps) {
  const { t } = useTranslation('logs');
  const known = useQuery(queries.knownProviders.list.queryOptions());
  const { sourceFormat, targetFormat = sourceFormat, provider, model } = request;
  const name = known.data?.providers.find(({ id }) => id === provider)?.name ?? provider;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [t('fact.at'), formatDateTime(new Date(request.timestamp))],
    [t('fact.client'), request.client],
    [t('fact.key'), request.apiKeyName],
    [t('fact.endpoint'), request.endpoint],
    [t('fact.combo'), request.comboName],
    [
      request.outcome === 'ok' ? t('fact.answered') : t('fact.sent'),
      provider === '' ? undefined : `${name} · ${model}`,
    ],
    [t('fact.account'), request.account ?? request.connectionId],
    [t('fact.proxy'), request.proxy],
    [t('fact.format'), sourceFormat === targetFormat ? sourceFormat : `${sourceFormat} → ${targetFormat}`],
    [t('fact.stream'), request.stream ? t('fact.streamed') : t('fact.whole')],
    [t('fact.counted'), request.isEstimated ? t('fact.estimated') : t('fact.reported')],
  ];
  return (
    <Part title={t('fact.title')}>
      <dl className={styles.facts}>
        {rows
          .filter(([, value]) => value !== undefined && value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        <div>
          <dt>{t('fact.id')}</dt>
          <dd className={styles.id}>
            <code>{request.id}</code>
            <CopyButton text={request.id} label={t('fact.copyId')} />
          </dd>
        </div>
      </dl>
    </Part>
  );
}
