import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { api, queries, queryClient } from '../../api.ts';
import { ConfirmButton } from '../../ui/controls.tsx';
import { type CustomNode, NodeForm } from './node-form.tsx';

/** Changes or removes a custom endpoint. */
export function NodeActions({ node }: { readonly node: CustomNode }) {
  const { t } = useTranslation('providers');
  const [isEditing, setIsEditing] = useState(false);
  const [, navigate] = useLocation();
  const { id, name } = node;
  const remove = async (): Promise<void> => {
    await api.providerNodes.remove({ id });
    navigate('/providers');
    await queryClient.invalidateQueries({ queryKey: queries.knownProviders.key() });
  };
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setIsEditing(true)}>
        {t('edit')}
      </Button>
      <ConfirmButton
        size="compact-sm"
        label={t('remove')}
        question={t('node.removeQuestion', { name })}
        consequence={t('node.removeConsequence')}
        onConfirm={remove}
      />
      {isEditing && <NodeForm node={node} onClose={() => setIsEditing(false)} />}
    </>
  );
}
