import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, queries, queryClient } from '../../api.ts';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
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
      <form
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
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
        <FormError error={save.error} />
        <FormButtons
          submitLabel={t('rates.save')}
          isBusy={save.isPending}
          isReady={name.trim() !== '' && models.length > 0}
          onCancel={onClose}
        />
      </form>
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
