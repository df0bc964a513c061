import { type MantineColorScheme, Select, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Inputs, isDesktop } from '../../api.ts';
import { FormRow } from '../../ui/controls.tsx';
import { changeLanguage, LANGUAGES } from '../../ui/languages.ts';
import { Section } from '../../ui/section.tsx';

/** The tray menu and the window's frame follow, where the dashboard is the desktop app's own. */
function tellShell(change: Inputs['desktop']['change']): void {
  // The dashboard has changed already; a shell that does not answer keeps its look.
  if (isDesktop) api.desktop.change(change).catch(() => undefined);
}

/** How the dashboard looks and speaks in this browser. */
export function Appearance() {
  const { t, i18n } = useTranslation('settings');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes: readonly MantineColorScheme[] = ['auto', 'light', 'dark'];
  return (
    <Section title={t('section.look.title')} description={t('section.look.text')}>
      <FormRow label={t('look.theme')}>
        {(ids) => (
          <Select
            {...ids}
            allowDeselect={false}
            data={schemes.map((scheme) => ({ value: scheme, label: t(`theme.${scheme}`) }))}
            value={colorScheme}
            onChange={(value) => {
              const scheme = schemes.find((known) => known === value) ?? 'auto';
              setColorScheme(scheme);
              tellShell({ theme: scheme === 'auto' ? 'system' : scheme });
            }}
          />
        )}
      </FormRow>
      <FormRow label={t('look.language')}>
        {(ids) => (
          <Select
            {...ids}
            allowDeselect={false}
            data={LANGUAGES.map(({ tag, name }) => ({ value: tag, label: name }))}
            value={i18n.language}
            onChange={(tag) => {
              void changeLanguage(tag ?? 'en');
              tellShell({ language: tag ?? 'en' });
            }}
          />
        )}
      </FormRow>
    </Section>
  );
}
