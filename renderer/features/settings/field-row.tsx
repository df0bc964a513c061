import { Autocomplete, Button, MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { FormRow } from '../../ui/controls.tsx';
import { useModelNames } from '../../ui/model-names.ts';
import { type Field, type Settings, VARIABLES } from './fields.ts';
import styles from './settings.module.css';
import { useDraft } from './use-draft.ts';
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
      return <Amount {...shared} field={field} value={value as number | undefined} onSave={onSave} />;
    case 'model':
      return <Model {...shared} value={String(value)} onSave={onSave} />;
    case 'providers':
      return <Providers {...shared} value={value as string[]} onSave={onSave} />;
  }
}

interface Ids {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly disabled: boolean;
  readonly onSave: (value: unknown) => void;
}

/** What a choice stands for that is not stored under its name. */
const MEANINGS: ReadonlyMap<string, boolean | null | undefined> = new Map([
  ['automatic', null],
  ['always', true],
  ['never', false],
  ['inherited', undefined],
]);
const meaningOf = (option: string): unknown => (MEANINGS.has(option) ? MEANINGS.get(option) : option);

function Choice({ field, value, onSave, ...rest }: Ids & { field: Field & { kind: 'select' }; value: unknown }) {
  const { t } = useTranslation('settings');
  return (
    <Select
      {...rest}
      allowDeselect={false}
      data={field.options.map((option) => ({ value: option, label: t(`option.${option}`) }))}
      value={field.options.find((option) => meaningOf(option) === value) ?? null}
      onChange={(next) => next !== null && onSave(meaningOf(next))}
    />
  );
}

function Model({ value, onSave, ...rest }: Ids & { value: string }) {
  const { draft, setDraft, commit } = useDraft(value, onSave);
  return (
    <Autocomplete
      {...rest}
      limit={50}
      placeholder="openai/text-embedding-3-small"
      data={[...useModelNames()]}
      value={draft}
      onChange={setDraft}
      onOptionSubmit={onSave}
      onBlur={commit}
    />
  );
}

/** Providers by their names; one that is not known any more keeps its id. */
function Providers({ value, onSave, ...rest }: Ids & { value: string[] }) {
  const { t } = useTranslation('settings');
  const known = useQuery(queries.knownProviders.list.queryOptions()).data?.providers ?? [];
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const ids = new Set([...names.keys(), ...value]);
  return (
    <MultiSelect
      {...rest}
      searchable
      limit={100}
      nothingFoundMessage={t('provider.none')}
      data={[...ids].map((id) => ({ value: id, label: names.get(id) ?? id }))}
      value={value}
      onChange={onSave}
    />
  );
}

function Text({ value, onSave, ...rest }: Ids & { value: string }) {
  const { draft, setDraft, commit } = useDraft(value, onSave);
  return (
    <Textarea
      {...rest}
      autosize
      minRows={3}
      maxRows={12}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
    />
  );
}

type NumberField = Field & { kind: 'number' };

function Amount({ field, value, onSave, ...rest }: Ids & { field: NumberField; value: number | undefined }) {
  const { t } = useTranslation('settings');
  const { scale = 1, unit = '', min, max, isOptional = false } = field;
  const shown = value === undefined ? '' : rounded(value / scale);
  const { draft, setDraft, commit } = useDraft<string | number>(shown, (typed) => {
    if (typeof typed === 'number') onSave(scale < 1 ? rounded(typed * scale) : Math.round(typed * scale));
    else if (isOptional) onSave(undefined);
    else setDraft(shown);
  });
  return (
    <NumberInput
      {...rest}
      {...{ min, max }}
      hideControls
      decimalScale={scale === 1 ? 0 : 3}
      suffix={unit}
      placeholder={isOptional ? t('option.inherited') : ''}
      value={draft}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

/** Without the dust of binary fractions. */
const rounded = (value: number): number => Number(value.toFixed(4));
