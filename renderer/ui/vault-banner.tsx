/** Says that stored secrets are out of reach, why, and looks for their key again. Nothing while they can be used. */
import { Alert, Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { failureOf, queries, queryClient } from '../api.ts';

export function VaultBanner() {
  const { t } = useTranslation();
  const vault = useQuery(queries.vault.get.queryOptions());
  const unlock = useMutation(
    queries.vault.unlock.mutationOptions({ onSettled: () => queryClient.invalidateQueries() }),
  );
  if (vault.data === undefined || vault.data.state === 'open') return null;
  const failure = unlock.error === null ? undefined : failureOf(unlock.error).message;
  return (
    <Alert role="alert" color="yellow" icon={<IconLock size={16} aria-hidden="true" />} title={t('vault.title')}>
      <p>{failure ?? vault.data.message}</p>
      <Button variant="default" loading={unlock.isPending} onClick={() => unlock.mutate({})}>
        {t('vault.unlock')}
      </Button>
    </Alert>
  );
}
