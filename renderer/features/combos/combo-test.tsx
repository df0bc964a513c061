import { useTranslation } from 'react-i18next';
import { failureOf, type Outputs } from '../../api.ts';
import { formatDuration } from '../../ui/format.ts';
import { ProgressList } from '../../ui/progress-list.tsx';
import { Section } from '../../ui/section.tsx';

export interface ComboTestProps {
  readonly combo: Outputs['combos']['list']['combos'][number];
  /** Undefined while the models are asked. */
  readonly answer: Outputs['comboTests']['test'] | undefined;
  readonly error: unknown;
}

/** How each model of a combo answered. */
export function ComboTest({ combo, answer, error }: ComboTestProps) {
  const { t } = useTranslation('combos');
  const hasFailed = error !== null;
  const items = combo.models.map((entry, place) => {
    const label = typeof entry === 'string' ? entry : entry.model;
    const found = answer?.results[place];
    if (hasFailed) return { id: `${place}`, label, state: 'failed' as const, detail: failureOf(error).message };
    if (found === undefined) return { id: `${place}`, label, state: 'running' as const };
    return {
      id: `${place}`,
      label,
      state: found.status === 'ok' ? ('done' as const) : ('failed' as const),
      detail: found.status === 'ok' ? t('works', { time: formatDuration(found.latencyMs) }) : (found.error ?? ''),
    };
  });
  return (
    <Section title={t('testOf', { name: combo.name })}>
      <ProgressList label={t('testOf', { name: combo.name })} items={items} />
    </Section>
  );
}
