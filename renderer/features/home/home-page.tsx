/** Is it working, what does it cost, what runs now: the page a person looks at between two other things. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack } from '../../ui/section.tsx';
import { Endpoints } from './endpoints.tsx';
import styles from './home.module.css';
import { ProviderTiles } from './provider-tiles.tsx';
import { RecentErrors } from './recent-errors.tsx';
import { Requests } from './requests.tsx';
import { StartHere } from './start-here.tsx';
import { Today } from './today.tsx';

export function HomePage() {
  const { t } = useTranslation('home');
  const connections = useQuery(queries.providers.list.queryOptions());
  return (
    <PageStack>
      <PageHeader title={t('title')} />
      {connections.data?.connections.length === 0 && <StartHere />}
      <Today />
      <div className={styles.columns}>
        <Requests />
        <Endpoints />
      </div>
      <ProviderTiles connections={connections} />
      <RecentErrors />
    </PageStack>
  );
}
