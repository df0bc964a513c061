import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import { Section } from '../../ui/section.tsx';
import styles from './settings.module.css';

/** What is shut off or rests right now, and the end of all of it at once. */
export function ResetAll() {
  const { t } = useTranslation('settings');
  const state = useQuery(queries.resilience.get.queryOptions());
  const reset = useMutation({
    mutationFn: () => api.resilience.reset({}),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.resilience.key() }),
  });
  const open = state.data?.circuitBreakers.filter((breaker) => breaker.state !== 'CLOSED').length ?? 0;
  const resting = state.data?.cooldowns.length ?? 0;
  const button = (
    <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>
      {t('reset.all')}
    </Button>
  );
  return (
    <Section title={t('reset.title')} description={t('reset.text', { open, resting })} aside={button}>
      <p role="status" className={reset.isError ? styles.error : styles.quiet}>
        {reset.isSuccess && t('reset.done', { count: reset.data.resetCount })}
        {reset.isError && failureOf(reset.error).message}
      </p>
    </Section>
  );
}
