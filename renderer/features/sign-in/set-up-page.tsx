import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries, queryClient } from '../../api.ts';
import { SignInCard } from './sign-in-card.tsx';

const MIN_LENGTH = 8;

/** Opened by the one-time link that the terminal printed: its token stands behind the `#`, which no server sees. */
export function SetUpPage() {
  const { t } = useTranslation('sign-in');
  const token = location.hash.slice(1);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== password;
  const setUp = useMutation(
    queries.auth.setup.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.auth.status.key() }),
    }),
  );
  if (token === '') return <SignInCard title={t('setup.title')} text={t('setup.link')} />;
  return (
    <SignInCard
      title={t('setup.title')}
      text={t('setup.text')}
      error={setUp.error}
      onSubmit={() => setUp.mutate({ token, password })}
    >
      <PasswordInput
        label={t('password')}
        description={t('setup.length', { count: MIN_LENGTH })}
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={MIN_LENGTH}
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('setup.again')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        error={differs ? t('setup.differs') : undefined}
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
      <Button type="submit" loading={setUp.isPending} disabled={password.length < MIN_LENGTH || password !== again}>
        {t('setup.submit')}
      </Button>
    </SignInCard>
  );
}
