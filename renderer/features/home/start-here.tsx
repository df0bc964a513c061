import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Section } from '../../ui/section.tsx';

/** Shown until the first provider is connected. */
export function StartHere() {
  const { t } = useTranslation('home');
  return (
    <Section
      title={t('start.title')}
      description={t('start.text')}
      aside={
        <Button component={Link} href="/welcome">
          {t('start.action')}
        </Button>
      }
    />
  );
}
