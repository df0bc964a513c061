/** Writes prices, each with a way back for eight seconds. */
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import { announce } from '../../ui/announce.ts';
import { UndoNote } from '../../ui/undoable.tsx';
import type { Member, Price, PriceRow } from './price-rows.ts';

const GRACE_MS = 8_000;

export interface PriceChanges {
  /** @param usd US dollars per million tokens */
  readonly set: (row: PriceRow, member: Member, usd: number) => void;
  /** Takes the data set's price again. */
  readonly reset: (row: PriceRow) => void;
}

export function usePriceChanges(): PriceChanges {
  const { t } = useTranslation('costs');
  const write = async (change: () => Promise<unknown>): Promise<boolean> => {
    try {
      await change();
      return true;
    } catch (error) {
      notifications.show({ color: 'red', message: failureOf(error).message });
      return false;
    } finally {
      await queryClient.invalidateQueries({ queryKey: queries.pricing.key() });
    }
  };
  const offerUndo = (row: PriceRow, message: string): void => {
    const id = `price-${row.provider}/${row.model}`;
    const undo = (): void => {
      notifications.hide(id);
      void write(() => restore(row)).then((isDone) => isDone && announce(t('prices.undone')));
    };
    announce(message);
    notifications.hide(id);
    notifications.show({
      ...{ id, autoClose: GRACE_MS, withCloseButton: false },
      message: <UndoNote message={message} onUndo={undo} />,
    });
  };
  const changeWithUndo = (row: PriceRow, change: () => Promise<unknown>, message: string): void =>
    void write(change).then((isDone) => isDone && offerUndo(row, message));
  return {
    set: (row, member, usd) =>
      changeWithUndo(row, () => patch(row, { [member]: usd }), t('prices.changed', { model: row.model })),
    reset: (row) => changeWithUndo(row, () => reset(row), t('prices.wasReset', { model: row.model })),
  };
}

function patch({ provider, model }: PriceRow, price: Price): Promise<unknown> {
  return api.pricing.patch({ [provider]: { [model]: price } });
}

function reset({ provider, model }: PriceRow): Promise<unknown> {
  return api.pricing.reset({ query: { provider, model } });
}

/** Members cannot be taken away one by one: the data set's price first, what was the user's own over it. */
async function restore(row: PriceRow): Promise<void> {
  await reset(row);
  if (row.isOwn) await patch(row, row.price);
}
