/** What happened: each request with its attempts, what went through network proxies, and who changed what. */
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { PageHeader } from '../../ui/page-header.tsx';
import { Changes } from './changes.tsx';
import { ClearLog } from './clear-log.tsx';
import styles from './logs.module.css';
import { Proxied } from './proxied.tsx';
import { Requests } from './requests.tsx';

const TABS = ['requests', 'proxies', 'changes'] as const;
type Tab = (typeof TABS)[number];
const PATHS: Readonly<Record<Tab, string>> = {
  requests: '/logs',
  proxies: '/logs/proxies',
  changes: '/logs/changes',
};

export function LogsPage() {
  const { t } = useTranslation('logs');
  const [path, navigate] = useLocation();
  // What is no other tab is a request's id.
  const tab = TABS.find((one) => one !== 'requests' && PATHS[one] === path) ?? 'requests';
  return (
    <>
      <PageHeader title={t('title')} action={tab === 'requests' && <ClearLog />} />
      <Tabs value={tab} onChange={(value) => navigate(PATHS[TABS.find((one) => one === value) ?? 'requests'])}>
        <Tabs.List className={styles.tabs ?? ''}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="requests">{tab === 'requests' && <Requests />}</Tabs.Panel>
        <Tabs.Panel value="proxies">{tab === 'proxies' && <Proxied />}</Tabs.Panel>
        <Tabs.Panel value="changes">{tab === 'changes' && <Changes />}</Tabs.Panel>
      </Tabs>
    </>
  );
}
