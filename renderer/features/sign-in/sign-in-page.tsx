import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries, queryClient } from '../../api.ts';
import { SignInCard } from './sign-in-card.tsx';

/** The password of this gateway; what it guards opens by itself once the session is there. */
export function SignInPage() {
  const { t } = useTranslation('sign-in');
  const [password, setPassword] = useState('');
  const login = useMutation(
    queries.auth.login.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.auth.status.key() }),
    }),
  );
  return (
    <SignInCard title={t('login.title')} error={login.error} onSubmit={() => login.mutate({ password })}>
      <PasswordInput
        label={t('password')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={login.isPending} disabled={password === ''}>
        {t('login.submit')}
      </Button>
    </SignInCard>
  );
}
