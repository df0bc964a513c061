import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../ui/format.ts';
import styles from './costs.module.css';
import type { Member, PriceRow } from './price-rows.ts';
import { inUnit, readPrice, type Unit } from './unit.ts';

export interface PriceCellProps {
  readonly row: PriceRow;
  readonly member: Member;
  readonly unit: Unit;
  /** @param usd US dollars per million tokens */
  readonly onChange: (usd: number) => void;
}

/** A price that becomes a field when it is chosen: Enter or leaving saves, Escape does not. */
export function PriceCell({ row, member, unit, onChange }: PriceCellProps) {
  const { t } = useTranslation('costs');
  const [typed, setTyped] = useState<string>();
  const now = row.price[member];
  const label = t('prices.edit', { member: t(`prices.member.${member}`), model: row.model });
  if (typed === undefined)
    return (
      <button
        type="button"
        className={styles.price}
        data-changed={isChanged(row, member)}
        title={titleOf(row, member, unit, t('prices.standard'))}
        aria-label={`${label}: ${now === undefined ? t('prices.none') : formatPrice(now, unit)}`}
        onClick={() => setTyped(now === undefined ? '' : String(inUnit(now, unit)))}
      >
        {now === undefined ? '–' : formatPrice(now, unit)}
      </button>
    );
  const usd = readPrice(typed, unit);
  const isUnchanged = usd === now || (typed === '' && now === undefined);
  const finish = (): void => {
    if (usd === undefined && !isUnchanged) return;
    setTyped(undefined);
    if (usd !== undefined && !isUnchanged) onChange(usd);
  };
  return (
    <TextInput
      size="xs"
      autoFocus
      inputMode="decimal"
      className={styles.field ?? ''}
      aria-label={label}
      aria-invalid={usd === undefined && !isUnchanged}
      title={usd === undefined && !isUnchanged ? t('prices.invalid') : undefined}
      error={usd === undefined && !isUnchanged}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish();
        if (event.key === 'Escape') setTyped(undefined);
      }}
    />
  );
}

function isChanged({ isOwn, price, standard }: PriceRow, member: Member): boolean {
  return isOwn && price[member] !== standard?.[member];
}

/** The data set's price on hover, where it is another. */
function titleOf(row: PriceRow, member: Member, unit: Unit, word: string): string | undefined {
  const standard = row.standard?.[member];
  return isChanged(row, member) && standard !== undefined ? `${word}: ${formatPrice(standard, unit)}` : undefined;
}

function formatPrice(usdPerMillion: number, unit: Unit): string {
  return formatNumber(inUnit(usdPerMillion, unit), {
    ...{ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' },
    minimumFractionDigits: 2,
    maximumFractionDigits: unit === '1m' ? 4 : 7,
  });
}
