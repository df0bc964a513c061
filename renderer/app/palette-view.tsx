import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import type { Icon } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

export interface PaletteGroup {
  readonly label: string;
  readonly actions: readonly {
    readonly id: string;
    readonly label: string;
    readonly run: () => void;
    /** The keys that do the same. */
    readonly keys?: string;
    readonly icon?: Icon;
  }[];
}

export interface PaletteViewProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly groups: readonly PaletteGroup[];
}

const [store, spotlight] = createSpotlight();

/** The open palette; searching, arrows and Enter are the component's. */
export function PaletteView({ isOpen, onClose, groups }: PaletteViewProps) {
  const { t } = useTranslation();
  useEffect(() => {
    if (isOpen) spotlight.open();
  }, [isOpen]);
  const data: SpotlightActionGroupData[] = groups
    .filter(({ actions }) => actions.length > 0)
    .map(({ label: group, actions }) => ({
      group,
      actions: actions.map(({ id, label, run, keys, icon: Mark }) => ({
        ...{ id, label, onClick: run },
        ...(Mark && { leftSection: <Mark size={18} stroke={1.75} aria-hidden="true" /> }),
        ...(keys !== undefined && { rightSection: <kbd>{keys}</kbd> }),
      })),
    }));
  return (
    <Spotlight
      store={store}
      title={t('palette.title')}
      classNames={{ header: 'visually-hidden' }}
      actions={data}
      shortcut={null}
      nothingFound={t('palette.nothing')}
      searchProps={{ placeholder: t('palette.search'), 'aria-label': t('palette.search') }}
      highlightQuery
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 120 }}
      onSpotlightClose={onClose}
    />
  );
}
