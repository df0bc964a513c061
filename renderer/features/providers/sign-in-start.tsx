/** Whose terms apply, and the ways to sign in that are open on this machine. */
import { Button, PasswordInput, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries } from '../../api.ts';
import { FormError } from '../../ui/form-parts.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import styles from './providers.module.css';
import { openSignInWindow, type SignInWindow } from './sign-in-window.ts';

type LoginProvider = Outputs['oauth']['providers']['providers'][number];
type Method = LoginProvider['methods'][number];
type Option = Method['options'][number];

/** Options of every method whose client has a secret; needed only where this machine has none. */
const CLIENT_SECRET = 'clientSecret';
const CLIENT_OPTIONS: ReadonlySet<string> = new Set(['clientId', CLIENT_SECRET]);

export interface SignInStartProps {
  readonly provider: string;
  readonly onStarted: (sessionId: string) => void;
}

export function SignInStart({ provider, onStarted }: SignInStartProps) {
  const { t } = useTranslation('providers');
  const providers = useQuery(queries.oauth.providers.queryOptions());
  return (
    <QueryView query={providers} skeleton={<RowsSkeleton rows={2} />} errorTitle={t('signIn.failed')}>
      {(data) => {
        const login = data.providers.find((one) => one.provider === provider);
        if (login === undefined) return <EmptyState text={t('signIn.none')} />;
        return <Ways login={login} onStarted={onStarted} />;
      }}
    </QueryView>
  );
}

interface WaysProps {
  readonly login: LoginProvider;
  readonly onStarted: (sessionId: string) => void;
}

function Ways({ login, onStarted }: WaysProps) {
  const { t } = useTranslation('providers');
  const methods = login.methods.filter((method) => login.isReady || takesSecret(method));
  const [chosenId, setChosenId] = useState(methods[0]?.id);
  const chosen = methods.find(({ id }) => id === chosenId);
  return (
    <div className={styles.form}>
      {login.terms !== undefined && (
        <p className={styles.text}>
          {login.terms.sentence}{' '}
          <a href={login.terms.url} target="_blank" rel="noopener noreferrer">
            {t('terms')}
          </a>
        </p>
      )}
      {login.missing !== undefined && (
        <p role="status" className={styles.notice}>
          {login.missing}
        </p>
      )}
      {methods.length > 1 && (
        <Radio.Group label={t('signIn.ways')} value={chosenId ?? ''} onChange={setChosenId}>
          <Stack gap={6} mt={6}>
            {methods.map(({ id, label }) => (
              <Radio key={id} value={id} label={label} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {chosen !== undefined && <MethodForm key={chosen.id} login={login} method={chosen} onStarted={onStarted} />}
    </div>
  );
}

interface MethodFormProps extends WaysProps {
  readonly method: Method;
}

function MethodForm({ login, method, onStarted }: MethodFormProps) {
  const { t } = useTranslation('providers');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(method.options.map((option) => [option.name, option.default ?? ''])),
  );
  const start = useMutation({
    mutationFn: (_window: SignInWindow | undefined) =>
      api.oauth.start({ provider: login.provider, method: method.id, options: filled(values) }),
    onSuccess: ({ sessionId, authUrl }, opened) => {
      if (authUrl !== undefined) opened?.go(authUrl);
      onStarted(sessionId);
    },
    onError: (_error, opened) => opened?.close(),
  });
  const isNeeded = ({ name, isRequired }: Option): boolean => isRequired || (!login.isReady && name === CLIENT_SECRET);
  const fields = method.options.filter(({ name }) => !login.isReady || !CLIENT_OPTIONS.has(name));
  const isFilled = method.options.filter(isNeeded).every(({ name }) => values[name]?.trim());
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate(method.kind === 'code' ? openSignInWindow() : undefined);
      }}
    >
      {fields.map((option) => (
        <OptionField
          key={option.name}
          option={option}
          isRequired={isNeeded(option)}
          value={values[option.name] ?? ''}
          onChange={(value) => setValues((before) => ({ ...before, [option.name]: value }))}
        />
      ))}
      <FormError error={start.error} />
      <Button type="submit" disabled={!isFilled} loading={start.isPending}>
        {method.kind === 'code' ? t('signIn.start') : t('signIn.startDevice')}
      </Button>
    </form>
  );
}

interface OptionFieldProps {
  readonly option: Option;
  readonly isRequired: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function OptionField({ option: { name, label }, isRequired, value, onChange }: OptionFieldProps) {
  const { t } = useTranslation('providers');
  const common = {
    ...{ label, value, required: isRequired, autoComplete: 'off' },
    onChange: ({ currentTarget }: React.ChangeEvent<HTMLInputElement>) => onChange(currentTarget.value),
  };
  if (name !== CLIENT_SECRET) return <TextInput {...common} />;
  return <PasswordInput {...common} visibilityToggleButtonProps={{ 'aria-label': t('key.show') }} />;
}

function takesSecret({ options }: Method): boolean {
  return options.some(({ name }) => name === CLIENT_SECRET);
}

function filled(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
}
