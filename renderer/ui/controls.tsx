/** Small controls with one behaviour everywhere: search, destructive actions, rows of a form. */
import { Button, type ButtonProps, Loader, Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../api.ts';
import styles from './controls.module.css';

export interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** "Search providers" */
  readonly label: string;
}

/** The page's search; `/` jumps here. */
export function SearchField({ value, onChange, label }: SearchFieldProps) {
  return (
    <TextInput
      type="search"
      data-page-search
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      leftSection={<IconSearch size={14} aria-hidden="true" />}
      className={styles.search}
    />
  );
}

export interface ConfirmButtonProps extends Omit<ButtonProps, 'children' | 'onClick'> {
  /** "Revoke" */
  readonly label: string;
  /** Names the thing: "Revoke the key “laptop”?" */
  readonly question: string;
  /** What follows from it. */
  readonly consequence?: string;
  readonly onConfirm: () => Promise<unknown> | undefined;
}

/** Asks once, naming the thing; shows a failure where it was asked. */
export function ConfirmButton({ label, question, consequence, onConfirm, ...rest }: ConfirmButtonProps) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const [state, setState] = useState<{ isBusy: boolean; error?: string }>({ isBusy: false });
  const confirm = async (): Promise<void> => {
    setState({ isBusy: true });
    try {
      await onConfirm();
      setIsOpen(false);
      setState({ isBusy: false });
    } catch (error) {
      setState({ isBusy: false, error: failureOf(error).message });
    }
  };
  return (
    <>
      <Button variant="default" {...rest} onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={question}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {consequence !== undefined && <p className={styles.consequence}>{consequence}</p>}
        {state.error !== undefined && (
          <p role="alert" className={styles.error}>
            {state.error}
          </p>
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={() => setIsOpen(false)}>
            {t('cancel')}
          </Button>
          <Button color="red.8" data-autofocus loading={state.isBusy} onClick={() => void confirm()}>
            {label}
          </Button>
        </div>
      </Modal>
    </>
  );
}

export interface FormRowProps {
  readonly label: string;
  readonly description?: ReactNode;
  /** How the last save of this row went. */
  readonly status?: SaveStatus;
  /** The control; it gets the ids that tie it to its label. */
  readonly children: (ids: { id: string; 'aria-describedby': string }) => ReactNode;
}

export type SaveStatus = 'idle' | 'saving' | 'saved' | { readonly error: string };

/** One setting: its name and meaning at the start, its control at the end, what became of the last save beneath. */
export function FormRow({ label, description, status = 'idle', children }: FormRowProps) {
  const id = useId();
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        <div id={`${id}-about`} className={styles.about}>
          {description}
        </div>
      </div>
      <div className={styles.control}>
        {children({ id, 'aria-describedby': `${id}-about` })}
        <SaveNote status={status} />
      </div>
    </div>
  );
}

/** What became of the last save, where a control stands without a row. */
export function SaveNote({ status }: { readonly status: SaveStatus }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={typeof status === 'object' ? styles.error : styles.about}>
      {status === 'saving' && <Loader size={12} aria-label={t('save.saving')} />}
      {status === 'saved' && t('save.saved')}
      {typeof status === 'object' && status.error}
    </div>
  );
}
