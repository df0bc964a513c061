import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import { Section } from '../../ui/section.tsx';
import styles from './settings.module.css';

const EMPTY = { currentPassword: '', newPassword: '' };

/** Changes the dashboard's password, or ends this session. */
export function Password() {
  const { t } = useTranslation('settings');
  const [values, setValues] = useState(EMPTY);
  const change = useMutation({
    mutationFn: (next: typeof EMPTY) => api.settings.patch(next),
    onSuccess: () => setValues(EMPTY),
  });
  const signOut = useMutation({
    mutationFn: () => api.auth.logout(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.auth.status.key() }),
  });
  const field = (name: keyof typeof EMPTY, label: string, complete: string) => (
    <PasswordInput
      label={label}
      autoComplete={complete}
      value={values[name]}
      onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
    />
  );
  const leave = (
    <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('password.signOut')}
    </Button>
  );
  return (
    <Section title={t('password.title')} description={t('password.text')} aside={leave}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(values);
        }}
      >
        {field('currentPassword', t('password.current'), 'current-password')}
        {field('newPassword', t('password.new'), 'new-password')}
        <Button type="submit" loading={change.isPending} disabled={Object.values(values).includes('')}>
          {t('password.change')}
        </Button>
        <p role="status" className={change.isError ? styles.error : styles.quiet}>
          {change.isSuccess && t('password.changed')}
          {change.isError && failureOf(change.error).message}
        </p>
      </form>
    </Section>
  );
}
