/** The models of a combo in their order, with their weights where the strategy goes by them. */
import { Button, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatPercent } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { MAX_SERIES, OTHER_COLOUR, SERIES_COLOURS } from '../../ui/series.ts';
import { moved, SortableList } from '../../ui/sortable-list.tsx';
import { type ComboValues, type Entry, weightShares, withModel } from './combo-values.ts';
import styles from './combos.module.css';
import { ModelPicker } from './model-picker.tsx';

export interface ModelListProps {
  readonly values: ComboValues;
  readonly own: string | undefined;
  readonly onChange: (models: readonly Entry[]) => void;
}

export function ModelList({ values: { models, strategy }, own, onChange }: ModelListProps) {
  const { t } = useTranslation('combos');
  const isWeighted = strategy === 'weighted';
  const shares = weightShares(models);
  return (
    <Section title={t('models')} description={t('modelsAbout')}>
      <div className={styles.form}>
        {isWeighted && models.length > 0 && <ShareBar shares={shares} />}
        {models.length > 0 && (
          <SortableList
            label={t('models')}
            items={models}
            idOf={({ id }) => id}
            nameOf={({ model }) => model}
            onMove={(from, to) => onChange(moved(models, from, to))}
          >
            {(entry, place) => (
              <div className={styles.item}>
                <span className={styles.itemName}>
                  {isWeighted && <span className={styles.dot} style={{ background: colourAt(place) }} />}
                  <code>{entry.model}</code>
                </span>
                {isWeighted && (
                  <Weight
                    entry={entry}
                    share={shares[place] ?? 0}
                    onChange={(weight) =>
                      onChange(models.map((other) => (other.id === entry.id ? { ...other, weight } : other)))
                    }
                  />
                )}
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('removeOf', { name: entry.model })}
                  onClick={() => onChange(models.filter(({ id }) => id !== entry.id))}
                >
                  {t('remove')}
                </Button>
              </div>
            )}
          </SortableList>
        )}
        <ModelPicker
          own={own}
          chosen={models.map(({ model }) => model)}
          onPick={(model) => onChange(withModel(models, model))}
        />
      </div>
    </Section>
  );
}

interface WeightProps {
  readonly entry: Entry;
  readonly share: number;
  readonly onChange: (weight: number) => void;
}

function Weight({ entry: { model, weight = 0 }, share, onChange }: WeightProps) {
  const { t } = useTranslation('combos');
  return (
    <span className={styles.line}>
      <span className={styles.figures}>{formatPercent(share)}</span>
      <NumberInput
        aria-label={t('weightOf', { name: model })}
        min={0}
        max={100}
        w={72}
        value={weight}
        onChange={(value) => onChange(Number(value))}
      />
    </span>
  );
}

/** The rows beneath say the same in figures. */
function ShareBar({ shares }: { readonly shares: readonly number[] }) {
  return (
    <div className={styles.shares} aria-hidden="true">
      {shares.map((share, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
        <span key={place} style={{ inlineSize: `${share * 100}%`, background: colourAt(place) }} />
      ))}
    </div>
  );
}

function colourAt(place: number): string {
  return place < MAX_SERIES ? (SERIES_COLOURS[place] ?? OTHER_COLOUR) : OTHER_COLOUR;
}
