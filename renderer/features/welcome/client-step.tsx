import { Autocomplete, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { queries } from '../../api.ts';
import { CopyBlock } from '../../ui/copy.tsx';
import { useEndpoint } from '../../ui/endpoint.ts';
import { CLIENTS } from './clients.ts';
import { Step } from './step.tsx';
import styles from './welcome.module.css';

export interface ClientStepProps {
  readonly models: readonly string[];
  readonly model: string;
  readonly onModel: (model: string) => void;
  readonly isReady: boolean;
}

/** Picks a client and a model; the settings below are complete, nothing in them is to be filled in. */
export function ClientStep({ models, model, onModel, isReady }: ClientStepProps) {
  const { t } = useTranslation('welcome');
  const { origin } = useEndpoint();
  const settings = useQuery(queries.settings.get.queryOptions());
  const history = useQuery(queries.usage.history.queryOptions());
  const [clientId, setClientId] = useState(CLIENTS[0]?.id ?? '');
  const client = CLIENTS.find(({ id }) => id === clientId);
  const isKeyNeeded = settings.data?.requireApiKey === true;
  const setting = { origin, model: model === '' ? 'provider/model' : model, apiKey: isKeyNeeded ? 'sk-omr-…' : 'any' };
  return (
    <Step
      number={2}
      title={t('client.title')}
      text={t('client.text')}
      isDone={(history.data?.totalRequests ?? 0) > 0}
      isWaiting={!isReady}
    >
      <div className={styles.pair}>
        <Select
          label={t('client.client')}
          allowDeselect={false}
          data={CLIENTS.map(({ id, name }) => ({ value: id, label: name }))}
          value={clientId}
          onChange={(id) => setClientId(id ?? clientId)}
        />
        <Autocomplete
          label={t('client.model')}
          placeholder="provider/model"
          data={[...models]}
          limit={50}
          value={model}
          onChange={onModel}
        />
      </div>
      {client !== undefined && (
        <>
          <p className={styles.where}>{t(`where.${client.where}`)}</p>
          <CopyBlock text={client.text(setting)} label={t('client.copy', { name: client.name })} />
        </>
      )}
      {isKeyNeeded && (
        <p className={styles.where}>
          <Link href="/keys">{t('client.key')}</Link>
        </p>
      )}
    </Step>
  );
}
