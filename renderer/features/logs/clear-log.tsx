import { useTranslation } from 'react-i18next';
import { api, queries, queryClient } from '../../api.ts';
import { ConfirmButton } from '../../ui/controls.tsx';

/** Removes every request from the log after one question. */
export function ClearLog() {
  const { t } = useTranslation('logs');
  const clear = async (): Promise<void> => {
    await api.usageLogs.clear();
    await Promise.all([
      queryClient.resetQueries({ queryKey: ['log-rows'] }),
      queryClient.invalidateQueries({ queryKey: queries.usageLogs.key() }),
      queryClient.invalidateQueries({ queryKey: queries.proxyLogs.key() }),
    ]);
  };
  return (
    <ConfirmButton
      label={t('clear.label')}
      question={t('clear.question')}
      consequence={t('clear.consequence')}
      onConfirm={clear}
    />
  );
}
