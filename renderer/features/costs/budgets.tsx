/** What each key may spend: a bar a period, changed in a dialog, taken away with a way back. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, queries, queryClient } from '../../api.ts';
import { type BudgetStatus, budgetsOf } from '../../ui/budget.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { BudgetTable } from './budget-table.tsx';
import { EditBudget } from './edit-budget.tsx';

export function Budgets() {
  const { t } = useTranslation('costs');
  const { data, error, refetch } = useQuery(queries.budget.get.queryOptions({ input: {} }));
  const [edited, setEdited] = useState<BudgetStatus>();
  const removal = useUndoable((apiKeyId) =>
    api.budget
      .remove({ query: { apiKeyId } })
      .finally(() => queryClient.invalidateQueries({ queryKey: queries.budget.key() })),
  );
  const rows = data && budgetsOf(data).map((row) => (removal.isLeaving(row.apiKeyId) ? withoutBudget(row) : row));
  return (
    <Section isFlush title={t('budgets.title')} description={t('budgets.text')}>
      <QueryView
        query={{ data: rows, error, refetch }}
        skeleton={<RowsSkeleton rows={3} />}
        errorTitle={t('budgets.failed')}
      >
        {(all) => (
          <BudgetTable
            rows={all}
            empty={<EmptyState text={t('budgets.empty')} action={<Link href="/keys">{t('budgets.toKeys')}</Link>} />}
            onEdit={setEdited}
          />
        )}
      </QueryView>
      {edited !== undefined && (
        <EditBudget
          row={edited}
          onClose={() => setEdited(undefined)}
          onRemove={() => {
            setEdited(undefined);
            removal.start(edited.apiKeyId, t('budgets.removed', { name: edited.apiKeyName }));
          }}
        />
      )}
    </Section>
  );
}

/** As it will stand once its removal is no longer undone. */
function withoutBudget(row: BudgetStatus): BudgetStatus {
  const periods = row.periods.map((period) => ({ ...period, limit: null, warningReached: false, exceeded: false }));
  return { ...row, periods, budget: null };
}
