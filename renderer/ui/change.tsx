import { useTranslation } from 'react-i18next';
import { formatPercent } from './format.ts';

/** Beyond this a percentage says less than "many times". */
const MANY = 10;

/** `▲ 12 % more than the period before`; neither good nor bad, so without a colour. @param before undefined: there is none */
export function Change({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  const { t } = useTranslation();
  if (before === undefined) return t('change.all');
  if (before === 0) return t('change.none');
  const ratio = now / before - 1;
  if (ratio > MANY) return t('change.many');
  return (
    <>
      <span style={{ fontWeight: 500, color: 'var(--om-text)' }}>
        <span aria-hidden="true">{ratio < 0 ? '▼' : '▲'}</span> {formatPercent(Math.abs(ratio))}
      </span>{' '}
      {ratio < 0 ? t('change.less') : t('change.more')}
    </>
  );
}
