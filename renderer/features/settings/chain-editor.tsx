import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import { useModelNames } from '../../ui/model-names.ts';
import { moved, SortableList } from '../../ui/sortable-list.tsx';
import styles from './settings.module.css';

export interface Chain {
  readonly name: string;
  readonly models: readonly string[];
}

export interface ChainEditorProps {
  /** Without a name: a new one. */
  readonly chain: Chain;
  readonly onClose: () => void;
}

/** A chain's models in the order in which they are asked. */
export function ChainEditor({ chain, onClose }: ChainEditorProps) {
  const { t } = useTranslation('settings');
  const [name, setName] = useState(chain.name);
  const [models, setModels] = useState(chain.models);
  const isNew = chain.name === '';
  const save = useMutation({
    mutationFn: async () => {
      await api.fallbackChains.put({ name: name.trim(), models: [...models] });
      await queryClient.invalidateQueries({ queryKey: queries.fallbackChains.key() });
    },
    onSuccess: onClose,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={isNew ? t('chain.create') : chain.name}
      closeButtonProps={{ 'aria-label': t('chain.close') }}
    >
      <div className={styles.stack}>
        {isNew && (
          <TextInput
            data-autofocus
            label={t('chain.name')}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <ChainModels models={models} onChange={setModels} />
        {save.isError && (
          <p role="alert" className={styles.error}>
            {failureOf(save.error).message || t('unreachable')}
          </p>
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('rates.cancel')}
          </Button>
          <Button
            loading={save.isPending}
            disabled={name.trim() === '' || models.length === 0}
            onClick={() => save.mutate()}
          >
            {t('rates.save')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

interface ChainModelsProps {
  readonly models: readonly string[];
  readonly onChange: (models: readonly string[]) => void;
}

function ChainModels({ models, onChange }: ChainModelsProps) {
  const { t } = useTranslation('settings');
  const choices = useModelNames().filter((model) => !models.includes(model));
  return (
    <>
      <SortableList
        label={t('chain.models')}
        items={models}
        idOf={(model) => model}
        nameOf={(model) => model}
        onMove={(from, to) => onChange(moved(models, from, to))}
      >
        {(model) => (
          <div className={styles.entry}>
            <code>{model}</code>
            <Button
              variant="default"
              size="compact-xs"
              aria-label={t('removeNamed', { name: model })}
              onClick={() => onChange(models.filter((other) => other !== model))}
            >
              {t('remove')}
            </Button>
          </div>
        )}
      </SortableList>
      <Select
        label={t('chain.add')}
        searchable
        limit={100}
        data={choices}
        value={null}
        onChange={(model) => model !== null && onChange([...models, model])}
      />
    </>
  );
}
