import { Button, Modal, NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type BudgetLimits, type BudgetStatus, hasLimit, limitsOf, saveBudget } from '../../ui/budget.ts';
import { BudgetFields } from '../../ui/budget-fields.tsx';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import styles from './costs.module.css';

const DEFAULT_THRESHOLD = 0.8;

export interface EditBudgetProps {
  readonly row: BudgetStatus;
  readonly onClose: () => void;
  readonly onRemove: () => void;
}

/** Limits by period, each cleared by emptying it, and from which part of them on one is warned. */
export function EditBudget({ row: { apiKeyId, apiKeyName, budget }, onClose, onRemove }: EditBudgetProps) {
  const { t } = useTranslation('costs');
  const [limits, setLimits] = useState<BudgetLimits>(limitsOf(budget));
  const [percent, setPercent] = useState(Math.round((budget?.warningThreshold ?? DEFAULT_THRESHOLD) * 100));
  const save = useMutation({ mutationFn: () => saveBudget(apiKeyId, limits, percent / 100), onSuccess: onClose });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('edit.title', { name: apiKeyName })}
      closeButtonProps={{ 'aria-label': t('edit.close') }}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <BudgetFields values={limits} onChange={(change) => setLimits((now) => ({ ...now, ...change }))} />
        <NumberInput
          label={t('edit.threshold')}
          description={t('edit.thresholdHint')}
          suffix=" %"
          min={0}
          max={100}
          allowDecimal={false}
          value={percent}
          onChange={(value) => setPercent(typeof value === 'number' ? value : DEFAULT_THRESHOLD * 100)}
        />
        <FormError error={save.error} />
        <FormButtons
          submitLabel={t('edit.save')}
          isBusy={save.isPending}
          isReady={budget !== null || hasLimit(limits)}
          onCancel={onClose}
        >
          {budget !== null && (
            <Button variant="subtle" color="red" mie="auto" onClick={onRemove}>
              {t('edit.remove')}
            </Button>
          )}
        </FormButtons>
      </form>
    </Modal>
  );
}
