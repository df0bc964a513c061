/** A list in an order of the person's: by dragging a handle, or from the keyboard with Space, the arrows and Space again. */
import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { ActionIcon } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './sortable-list.module.css';

export interface SortableListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly idOf: (item: Item) => string;
  /** How the item is called aloud. */
  readonly nameOf: (item: Item) => string;
  readonly onMove: (from: number, to: number) => void;
  readonly children: (item: Item, index: number) => ReactNode;
}

/** The pointer moves so far before a click on the handle is a drag. */
const DRAG_PX = 4;

export function SortableList<Item>(props: SortableListProps<Item>) {
  const { label, items, idOf, nameOf, onMove, children } = props;
  const { t } = useTranslation();
  const ids = items.map(idOf);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_PX } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const end = ({ active, over }: DragEndEvent): void => {
    const [from, to] = [ids.indexOf(String(active.id)), ids.indexOf(String(over?.id))];
    if (from >= 0 && to >= 0 && from !== to) onMove(from, to);
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={end}
      accessibility={{
        announcements: useAnnouncements(items, idOf, nameOf),
        screenReaderInstructions: { draggable: t('sort.how') },
      }}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <ol className={styles.list} aria-label={label}>
          {items.map((item, index) => (
            <SortableItem key={idOf(item)} id={idOf(item)} name={nameOf(item)}>
              {children(item, index)}
            </SortableItem>
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

function SortableItem({
  id,
  name,
  children,
}: {
  readonly id: string;
  readonly name: string;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
  });
  return (
    <li
      ref={setNodeRef}
      className={styles.item}
      data-dragging={isDragging}
      style={{
        transform: transform === null ? undefined : `translate3d(0, ${Math.round(transform.y)}px, 0)`,
        transition,
      }}
    >
      <ActionIcon
        ref={setActivatorNodeRef}
        className={styles.handle ?? ''}
        {...attributes}
        aria-roledescription={t('sort.handle')}
        aria-label={t('sort.move', { name })}
        {...listeners}
      >
        <IconGripVertical size={16} aria-hidden="true" />
      </ActionIcon>
      <div className={styles.content}>{children}</div>
    </li>
  );
}

/** What screen readers hear while something is moved. */
function useAnnouncements<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  nameOf: (item: Item) => string,
): Announcements {
  const { t } = useTranslation();
  const words = (id: unknown, overId: unknown): { name: string; place: number; all: number } => {
    const found = items.find((item) => idOf(item) === id);
    const place = items.findIndex((item) => idOf(item) === overId) + 1;
    return { name: found === undefined ? '' : nameOf(found), place, all: items.length };
  };
  return {
    onDragStart: ({ active }) => t('sort.lifted', words(active.id, active.id)),
    onDragOver: ({ active, over }) => t('sort.over', words(active.id, over?.id)),
    onDragEnd: ({ active, over }) => t('sort.dropped', words(active.id, over?.id)),
    onDragCancel: ({ active }) => t('sort.cancelled', words(active.id, active.id)),
  };
}

/** The list with one item at another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const item = items[from];
  if (item === undefined) return items;
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(to, 0, item);
}
