import { type MantineColorScheme, Select, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FormRow } from '../../ui/controls.tsx';
import { changeLanguage, LANGUAGES } from '../../ui/languages.ts';
import { Section } from '../../ui/section.tsx';

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
            onChange={(value) => setColorScheme(schemes.find((scheme) => scheme === value) ?? 'auto')}
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
            onChange={(tag) => void changeLanguage(tag ?? 'en')}
          />
        )}
      </FormRow>
    </Section>
  );
}
