import { Radio } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Section } from '../../ui/section.tsx';
import { FieldRow } from './field-row.tsx';
import { type Settings, STICKY, STRATEGIES } from './fields.ts';
import { SaveLine } from './save-line.tsx';
import styles from './settings.module.css';
import { useField } from './use-field.ts';

/** Which account of a provider answers: each way in a sentence. */
export function StrategyCards({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation('settings');
  const { value, status, save, undo } = useField(settings, ['fallbackStrategy']);
  return (
    <Section title={t('section.accounts.title')} description={t('section.accounts.text')}>
      <Radio.Group aria-label={t('section.accounts.title')} value={String(value)} onChange={save}>
        <div className={styles.cards}>
          {STRATEGIES.map((strategy) => (
            <Radio.Card key={strategy} value={strategy} className={styles.card ?? ''}>
              <Radio.Indicator size="xs" />
              <span>
                <span className={styles.name}>{t(`option.${strategy}`)}</span>
                <span className={styles.sentence}>{t(`strategy.${strategy}`)}</span>
              </span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      <SaveLine {...{ status, undo }} />
      <FieldRow field={STICKY} settings={settings} />
    </Section>
  );
}
