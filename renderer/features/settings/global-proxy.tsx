/** The network proxy that all calls to providers go through, unless one of their own is set. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Inputs, type Outputs, queries, queryClient } from '../../api.ts';
import { SaveNote } from '../../ui/controls.tsx';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import { isProxyReady, ProxyForm, type ProxyValues, proxyInput, proxyValuesOf } from '../../ui/proxy-form.tsx';
import { Section } from '../../ui/section.tsx';
import { QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import styles from './settings.module.css';

type Everything = Extract<Outputs['proxy']['get'], { global: unknown }>;
type Shown = NonNullable<Everything['global']>;
type Proxy = Inputs['proxy']['test']['proxy'];

const put = (proxy: Proxy | null) => api.proxy.put({ level: 'global', proxy });
const renew = (): Promise<void> => queryClient.invalidateQueries({ queryKey: queries.proxy.key() });

export function GlobalProxy() {
  const { t } = useTranslation('settings');
  const proxies = useQuery(queries.proxy.get.queryOptions({ input: {} }));
  const { isLeaving, start } = useUndoable(async () => {
    await put(null);
    await renew();
  });
  const [isSaved, setIsSaved] = useState(false);
  return (
    <Section title={t('proxy.title')} description={t('proxy.text')}>
      <QueryView query={proxies} skeleton={<RowsSkeleton rows={4} />} errorTitle={t('proxy.failed')}>
        {(found) => {
          const stored = 'global' in found && !isLeaving('global') ? found.global : null;
          return (
            <Editor
              key={JSON.stringify(stored)}
              stored={stored}
              onSaved={() => setIsSaved(true)}
              onRemove={() => start('global', t('proxy.removed'))}
            />
          );
        }}
      </QueryView>
      <SaveNote status={isSaved ? 'saved' : 'idle'} />
    </Section>
  );
}

interface EditorProps {
  readonly stored: Shown | null;
  readonly onSaved: () => void;
  readonly onRemove: () => void;
}

function Editor({ stored, onSaved, onRemove }: EditorProps) {
  const { t } = useTranslation('settings');
  const [values, setValues] = useState<ProxyValues>(() => proxyValuesOf(stored));
  const save = useMutation({
    mutationFn: () => put(proxyInput(values)),
    onSuccess: async () => {
      onSaved();
      await renew();
    },
  });
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <ProxyForm
        values={values}
        hasPassword={stored?.hasPassword === true}
        onChange={(change) => setValues((now) => ({ ...now, ...change }))}
      />
      <FormError error={save.error} />
      <FormButtons submitLabel={t('rates.save')} isBusy={save.isPending} isReady={isProxyReady(values)}>
        {stored !== null && (
          <Button variant="default" onClick={onRemove}>
            {t('proxy.remove')}
          </Button>
        )}
      </FormButtons>
    </form>
  );
}
