/** Three steps to the first working request, on one page: nothing is hidden behind the one before it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack } from '../../ui/section.tsx';
import { ClientStep } from './client-step.tsx';
import { ConnectStep } from './connect-step.tsx';
import { FirstRequestStep } from './first-request-step.tsx';
import styles from './welcome.module.css';

/** More are not read in a list; a name may be typed. */
const MAX_NAMES = 500;

export function WelcomePage() {
  const { t } = useTranslation('welcome');
  const connections = useQuery(queries.providers.list.queryOptions());
  const all = connections.data?.connections ?? [];
  const usable = useQuery(queries.models.usable.queryOptions());
  const models = usable.data?.models.slice(0, MAX_NAMES) ?? [];
  const [chosen, setChosen] = useState<string>();
  const model = chosen ?? models[0] ?? '';
  return (
    <PageStack>
      <PageHeader title={t('title')} />
      <p className={styles.lead}>{t('lead')}</p>
      <ConnectStep connections={connections} />
      <ClientStep models={models} model={model} onModel={setChosen} isReady={all.length > 0} />
      <FirstRequestStep model={model} isReady={all.length > 0} />
    </PageStack>
  );
}
