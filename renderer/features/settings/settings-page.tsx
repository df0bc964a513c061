/** All settings in tabs, each saved as soon as it is changed, with a way back. */
import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation, useRoute } from 'wouter';
import { queries } from '../../api.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { VaultBanner } from '../../ui/vault-banner.tsx';
import { FieldRow } from './field-row.tsx';
import { FIELDS, type Settings, TABS, type Tab } from './fields.ts';
import { PARTS } from './panels.tsx';

export function SettingsPage() {
  const { t } = useTranslation('settings');
  const [, params] = useRoute('/settings/:tab');
  const [, navigate] = useLocation();
  const settings = useQuery(queries.settings.get.queryOptions());
  const shown = TABS.find((tab) => tab === params?.tab) ?? 'security';
  return (
    <PageStack>
      <PageHeader title={t('title')} />
      <VaultBanner />
      <Tabs keepMounted={false} value={shown} onChange={(tab) => navigate(`/settings/${tab ?? ''}`)}>
        <Tabs.List aria-label={t('tabs')} mb="lg">
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((tab) => (
          <Tabs.Panel key={tab} value={tab}>
            <QueryView query={settings} skeleton={<RowsSkeleton rows={8} />} errorTitle={t('failed')}>
              {(found) => <Panel tab={tab} settings={found} />}
            </QueryView>
          </Tabs.Panel>
        ))}
      </Tabs>
    </PageStack>
  );
}

function Panel({ tab, settings }: { readonly tab: Tab; readonly settings: Settings }) {
  const { t } = useTranslation('settings');
  const sections = [...Map.groupBy(FIELDS[tab], ({ section }) => section)];
  return (
    <PageStack>
      {PARTS[tab]?.before?.(settings)}
      {sections.map(([section, fields]) => (
        <Section key={section} title={t(`section.${section}.title`)} description={t(`section.${section}.text`)}>
          {fields.map((field) => (
            <FieldRow key={field.path.join('.')} field={field} settings={settings} />
          ))}
        </Section>
      ))}
      {PARTS[tab]?.after?.(settings)}
    </PageStack>
  );
}
