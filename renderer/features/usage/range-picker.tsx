import { SegmentedControl, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isoDay, RANGES, type Range, type RangeName } from './range.ts';
import styles from './usage.module.css';

/** Named ranges, or two days of one's own. */
export function RangePicker({ range }: { readonly range: Range }) {
  const { t } = useTranslation('usage');
  const { from = '', to = '' } = range.input;
  const names: readonly RangeName[] = [...RANGES, 'custom'];
  return (
    <div className={styles.range}>
      <SegmentedControl
        aria-label={t('range.label')}
        value={range.name}
        onChange={(name) => range.choose(name)}
        data={names.map((name) => ({ value: name, label: t(`range.${name}`) }))}
      />
      {range.name === 'custom' && (
        <>
          <TextInput
            type="date"
            aria-label={t('range.from')}
            max={to}
            value={from}
            onChange={({ currentTarget: { value } }) => value !== '' && range.chooseDays(value, to)}
          />
          <span aria-hidden="true">–</span>
          <TextInput
            type="date"
            aria-label={t('range.to')}
            min={from}
            max={isoDay(Date.now())}
            value={to}
            onChange={({ currentTarget: { value } }) => value !== '' && range.chooseDays(from, value)}
          />
        </>
      )}
    </div>
  );
}
