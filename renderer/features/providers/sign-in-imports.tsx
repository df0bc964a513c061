/** Logins that the provider's own tools keep on this machine: looked for on request, taken over at a person's word. */
import { Button, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { FormError } from '../../ui/form-parts.tsx';
import { RelativeTime } from '../../ui/values.tsx';
import type { ProviderRow } from './provider-rows.ts';
import styles from './providers.module.css';

type Found = Outputs['oauthImports']['list']['logins'][number];

export interface SignInImportsProps {
  readonly row: ProviderRow;
  readonly onTaken: () => void;
}

export function SignInImports({ row, onTaken }: SignInImportsProps) {
  const { t } = useTranslation('providers');
  const imports = useQuery({ ...queries.oauthImports.list.queryOptions(), enabled: false, gcTime: 0 });
  const found = imports.data?.logins.filter(({ provider }) => provider === row.id);
  return (
    <section className={styles.found} aria-label={t('signIn.found')}>
      <h3 className={styles.foundTitle}>{t('signIn.found')}</h3>
      {found === undefined && <p className={styles.text}>{t('signIn.lookHint')}</p>}
      {found?.length === 0 && (
        <p role="status" className={styles.text}>
          {t('signIn.noLogins')}
        </p>
      )}
      {found?.map((login) => (
        <FoundLogin key={login.id} login={login} onTaken={onTaken} />
      ))}
      <FormError error={imports.error} />
      <Button variant="default" loading={imports.isFetching} onClick={() => void imports.refetch()}>
        {found === undefined ? t('signIn.look') : t('signIn.lookAgain')}
      </Button>
    </section>
  );
}

function FoundLogin({ login, onTaken }: { readonly login: Found; readonly onTaken: () => void }) {
  const { t } = useTranslation('providers');
  const { id, problem, follow } = login;
  const [isFollowing, setIsFollowing] = useState(follow === 'must');
  const take = useMutation({
    mutationFn: () => api.oauthImports.take({ id, follow: isFollowing }),
    onSuccess: async ({ connection: { name, email = name } }) => {
      await queryClient.invalidateQueries({ queryKey: queries.providers.key() });
      notifications.show({ message: t('signIn.done', { name: email }) });
      onTaken();
    },
  });
  return (
    <div className={styles.foundLogin}>
      <LoginFacts login={login} />
      {follow !== 'no' && (
        <Switch
          label={t('signIn.follow')}
          checked={isFollowing}
          disabled={follow === 'must'}
          onChange={(event) => setIsFollowing(event.currentTarget.checked)}
        />
      )}
      <FormError error={take.error} />
      {problem === undefined && (
        <Button variant="light" loading={take.isPending} onClick={() => take.mutate()}>
          {t('signIn.take')}
        </Button>
      )}
    </div>
  );
}

function LoginFacts({ login }: { readonly login: Found }) {
  const { t } = useTranslation('providers');
  const { tool, account, plan, path, expiresAt, warning, problem } = login;
  return (
    <div>
      <div className={styles.accountTitle}>{[tool, account, plan].filter(Boolean).join(' · ')}</div>
      <code className={styles.path}>{path}</code>
      {expiresAt !== undefined && (
        <div className={styles.quiet}>
          {t('signIn.expires')} <RelativeTime at={expiresAt} />
        </div>
      )}
      {warning !== undefined && <div className={styles.warn}>{warning}</div>}
      {problem !== undefined && <div className={styles.bad}>{problem}</div>}
    </div>
  );
}
