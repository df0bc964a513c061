import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormButtons } from '../../ui/form-parts.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import type { Settings } from './fields.ts';
import { SaveLine } from './save-line.tsx';
import styles from './settings.module.css';
import { useField } from './use-field.ts';

type Limits = Settings['rateLimitDefaults'];

const FIELDS = [
  { id: 'perMinute', name: 'requestsPerMinute', min: 1, max: 100_000, unit: '' },
  { id: 'between', name: 'minTimeBetweenRequests', min: 0, max: 3_600_000, unit: ' ms' },
  { id: 'atOnce', name: 'concurrentRequests', min: 1, max: 10_000, unit: '' },
] as const;

/** The limits of every account that keeps to limits. They belong together, so they are saved together. */
export function RateLimits({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation('settings');
  const { status, save, undo } = useField(settings, ['rateLimitDefaults']);
  const [draft, setDraft] = useState<Limits>();
  const limits = settings.rateLimitDefaults;
  const edit = (
    <Button variant="default" onClick={() => setDraft(limits)}>
      {t('rates.edit')}
    </Button>
  );
  return (
    <Section title={t('section.rates.title')} description={t('section.rates.text')} aside={draft === undefined && edit}>
      {draft === undefined ? (
        <Shown limits={limits} />
      ) : (
        <LimitsForm
          draft={draft}
          onChange={setDraft}
          onCancel={() => setDraft(undefined)}
          onSave={() => {
            save(draft);
            setDraft(undefined);
          }}
        />
      )}
      <SaveLine {...{ status, undo }} />
    </Section>
  );
}

function Shown({ limits }: { readonly limits: Limits }) {
  const { t } = useTranslation('settings');
  return (
    <dl className={styles.figures}>
      {FIELDS.map(({ id, name, unit }) => (
        <div key={id}>
          <dt>{t(`field.${id}.label`)}</dt>
          <dd>
            {formatNumber(limits[name])}
            {unit}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface LimitsFormProps {
  readonly draft: Limits;
  readonly onChange: (draft: Limits) => void;
  readonly onSave: () => void;
  readonly onCancel: () => void;
}

function LimitsForm({ draft, onChange, onSave, onCancel }: LimitsFormProps) {
  const { t } = useTranslation('settings');
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <div className={styles.fields}>
        {FIELDS.map(({ id, name, min, max, unit }) => (
          <NumberInput
            key={id}
            {...{ min, max }}
            required
            withAsterisk={false}
            hideControls
            decimalScale={0}
            suffix={unit}
            label={t(`field.${id}.label`)}
            description={t(`field.${id}.text`)}
            value={draft[name]}
            onChange={(value) => typeof value === 'number' && onChange({ ...draft, [name]: value })}
          />
        ))}
      </div>
      <FormButtons submitLabel={t('rates.save')} onCancel={onCancel} />
    </form>
  );
}
