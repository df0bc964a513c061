/** What it costs: the month so far, what each key may spend, and by which prices all of it is counted. */
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack } from '../../ui/section.tsx';
import { Budgets } from './budgets.tsx';
import { Month } from './month.tsx';
import { Prices } from './prices.tsx';

export function CostsPage() {
  const { t } = useTranslation('costs');
  return (
    <PageStack>
      <PageHeader title={t('title')} />
      <Month />
      <Budgets />
      <Prices />
    </PageStack>
  );
}
