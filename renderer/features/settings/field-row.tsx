import { Button, NumberInput, Select, Switch, TagsInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormRow } from '../../ui/controls.tsx';
import { type Field, type Settings, VARIABLES } from './fields.ts';
import styles from './settings.module.css';
import { useField } from './use-field.ts';

export interface FieldRowProps {
  readonly field: Field;
  readonly settings: Settings;
}

/** One setting with its control; locked, with the reason, where the environment decides it. */
export function FieldRow({ field, settings }: FieldRowProps) {
  const { t } = useTranslation('settings');
  const { value, status, save, undo } = useField(settings, field.path);
  const { id, path } = field;
  const isLocked = settings.pinned.includes(path[0]);
  const reason = t('locked', { variable: VARIABLES[path[0]] ?? path[0] });
  return (
    <FormRow
      label={t(`field.${id}.label`)}
      description={isLocked ? `${t(`field.${id}.text`)} ${reason}` : t(`field.${id}.text`)}
      status={status}
    >
      {(ids) => (
        <>
          <Control {...ids} key={JSON.stringify(value)} field={field} value={value} isLocked={isLocked} onSave={save} />
          {undo !== undefined && (
            <Button variant="subtle" size="compact-xs" className={styles.undo ?? ''} onClick={undo}>
              {t('undo')}
            </Button>
          )}
        </>
      )}
    </FormRow>
  );
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly field: Field;
  readonly value: unknown;
  readonly isLocked: boolean;
  readonly onSave: (value: unknown) => void;
}

function Control({ field, value, isLocked, onSave, ...ids }: ControlProps) {
  const shared = { ...ids, disabled: isLocked };
  switch (field.kind) {
    case 'switch':
      return <Switch {...shared} checked={value === true} onChange={(event) => onSave(event.currentTarget.checked)} />;
    case 'select':
      return <Choice {...shared} field={field} value={value} onSave={onSave} />;
    case 'tags':
      return <TagsInput {...shared} value={value as string[]} onChange={onSave} />;
    case 'text':
      return <Text {...shared} value={String(value)} onSave={onSave} />;
    case 'number':
      return <Amount {...shared} field={field} value={Number(value)} onSave={onSave} />;
  }
}

interface Ids {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly disabled: boolean;
  readonly onSave: (value: unknown) => void;
}

/** What `null`, `true` and `false` are called where a setting knows all three. */
const TRISTATE: readonly (readonly [string, boolean | null])[] = [
  ['automatic', null],
  ['always', true],
  ['never', false],
];

function Choice({ field, value, onSave, ...rest }: Ids & { field: Field & { kind: 'select' }; value: unknown }) {
  const { t } = useTranslation('settings');
  const isTristate = field.options[0] === TRISTATE[0]?.[0];
  const shown = isTristate ? TRISTATE.find(([, meaning]) => meaning === value)?.[0] : String(value);
  return (
    <Select
      {...rest}
      allowDeselect={false}
      data={field.options.map((option) => ({ value: option, label: t(`option.${option}`) }))}
      value={shown ?? null}
      onChange={(next) => onSave(isTristate ? (TRISTATE.find(([name]) => name === next)?.[1] ?? null) : next)}
    />
  );
}

function Text({ value, onSave, ...rest }: Ids & { value: string }) {
  const [draft, setDraft] = useState(value);
  return (
    <Textarea
      {...rest}
      autosize
      minRows={3}
      maxRows={12}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => draft !== value && onSave(draft)}
    />
  );
}

function Amount({ field, value, onSave, ...rest }: Ids & { field: Field & { kind: 'number' }; value: number }) {
  const { scale = 1, unit = '', min, max } = field;
  const shown = value / scale;
  const [draft, setDraft] = useState<string | number>(shown);
  const commit = (): void => {
    if (typeof draft === 'number' && draft !== shown) onSave(Math.round(draft * scale));
    else setDraft(shown);
  };
  return (
    <NumberInput
      {...rest}
      {...{ min, max }}
      hideControls
      decimalScale={scale === 1 ? 0 : 3}
      suffix={unit}
      value={draft}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}
