/** What the desktop app does by itself; a server without one shows nothing here. */
import { NumberInput, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, type Inputs, type Outputs, queries, queryClient } from '../../api.ts';
import { FormRow, type SaveStatus } from '../../ui/controls.tsx';
import { useEndpoint } from '../../ui/endpoint.ts';
import { Section } from '../../ui/section.tsx';

type Preferences = NonNullable<Outputs['desktop']['get']['preferences']>;
type Change = Inputs['desktop']['change'];

const KINDS = ['loginExpired', 'quotaLow', 'quotaExhausted', 'budgetReached', 'breakerOpened', 'updateReady'] as const;

export function DesktopPreferences() {
  const { t } = useTranslation('settings');
  const { data } = useQuery(queries.desktop.get.queryOptions());
  const { authority } = useEndpoint();
  if (data?.preferences === undefined) return null;
  const { preferences, shortcutKeys = '' } = data;
  return (
    <>
      <Section title={t('app.title')} description={t('app.text')}>
        <Toggle
          label={t('app.launch')}
          isOn={preferences.launchAtLogin}
          change={(launchAtLogin) => ({ launchAtLogin })}
        />
        <Toggle
          label={t('app.shortcut')}
          text={shortcutKeys}
          isOn={preferences.shortcut}
          change={(shortcut) => ({ shortcut })}
        />
        <Port key={authority} now={Number(authority.split(':').at(-1))} />
      </Section>
      <Notifications kinds={preferences.notifications} />
    </>
  );
}

function Notifications({ kinds }: { readonly kinds: Preferences['notifications'] }) {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('notice.title')} description={t('notice.text')}>
      {KINDS.map((kind) => (
        <Toggle
          key={kind}
          label={t(`notice.${kind}`)}
          isOn={kinds[kind]}
          change={(isOn) => ({ notifications: { [kind]: isOn } })}
        />
      ))}
    </Section>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly text?: string;
  readonly isOn: boolean;
  readonly change: (isOn: boolean) => Change;
}

function Toggle({ label, text, isOn, change }: ToggleProps) {
  const { status, save } = useDesktopSave();
  return (
    <FormRow label={label} description={text} status={status}>
      {(ids) => <Switch {...ids} checked={isOn} onChange={(event) => save(change(event.currentTarget.checked))} />}
    </FormRow>
  );
}

function Port({ now }: { readonly now: number }) {
  const { t } = useTranslation('settings');
  const [port, setPort] = useState<string | number>(now);
  const { status, save } = useDesktopSave();
  const commit = (): void => {
    if (typeof port === 'number' && port !== now) save({ port });
  };
  return (
    <FormRow label={t('app.port')} description={t('app.portText')} status={status}>
      {(ids) => (
        <NumberInput
          {...ids}
          hideControls
          min={1_024}
          max={65_535}
          value={port}
          onChange={setPort}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
      )}
    </FormRow>
  );
}

function useDesktopSave(): { readonly status: SaveStatus; readonly save: (change: Change) => void } {
  const [status, setStatus] = useState<SaveStatus>('idle');
  const write = async (change: Change): Promise<void> => {
    setStatus('saving');
    try {
      queryClient.setQueryData(queries.desktop.get.queryOptions().queryKey, await api.desktop.change(change));
      setStatus('saved');
    } catch (error) {
      setStatus({ error: failureOf(error).message });
    }
  };
  return { status, save: (change) => void write(change) };
}
