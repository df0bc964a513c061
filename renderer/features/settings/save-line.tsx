import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SaveNote } from '../../ui/controls.tsx';
import type { FieldState } from './use-field.ts';

/** What became of a save, and the way back, under controls that are more than a row. */
export function SaveLine({ status, undo }: Pick<FieldState, 'status' | 'undo'>) {
  const { t } = useTranslation('settings');
  return (
    <Group gap="xs">
      <SaveNote status={status} />
      {undo !== undefined && (
        <Button variant="subtle" size="compact-xs" onClick={undo}>
          {t('undo')}
        </Button>
      )}
    </Group>
  );
}
