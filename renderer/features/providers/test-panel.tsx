import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProgressList } from '../../ui/progress-list.tsx';
import { Section } from '../../ui/section.tsx';
import type { TestRun } from './test-run.ts';

/** How a test of accounts goes on; nothing before the first one. */
export function TestPanel({ run: { items, isRunning, cancel, clear } }: { readonly run: TestRun }) {
  const { t } = useTranslation('providers');
  if (items.length === 0) return null;
  const passed = items.filter(({ state }) => state === 'done').length;
  return (
    <Section
      title={isRunning ? t('test.running') : t('test.ended', { passed, all: items.length })}
      aside={
        !isRunning && (
          <Button variant="default" size="compact-sm" onClick={clear}>
            {t('test.hide')}
          </Button>
        )
      }
    >
      <ProgressList label={t('test.title')} items={items} onCancel={cancel} />
    </Section>
  );
}
