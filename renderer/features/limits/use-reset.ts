import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../../api.ts';
import { announce } from '../../ui/announce.ts';
import { renewLimits } from './live-data.ts';

export interface Reset {
  readonly reset: (call: () => Promise<unknown>) => void;
  readonly isBusy: boolean;
}

/** Makes a call that lets something be tried again, shows what became of it, and asks for the page's data anew. */
export function useReset(): Reset {
  const { t } = useTranslation('limits');
  const { mutate, isPending } = useMutation({
    mutationFn: (call: () => Promise<unknown>) => call(),
    onSuccess: () => announce(t('reset')),
    onError: (error) => notifications.show({ color: 'red', message: failureOf(error).message }),
    onSettled: renewLimits,
  });
  return { reset: mutate, isBusy: isPending };
}
