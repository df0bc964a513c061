import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, type Inputs } from '../../api.ts';
import { usePageActions } from '../../ui/page-actions.ts';

const FORMATS = ['csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

/** The requests of the range as a file, in a browser and in the desktop's window alike. */
export function ExportMenu({ input }: { readonly input: Inputs['analytics']['get'] }) {
  const { t } = useTranslation('usage');
  const { mutate, isPending } = useMutation({
    mutationFn: async (format: Format) => save(await api.usageExport.get({ ...input, format })),
    onError: (error) => notifications.show({ color: 'red', message: failureOf(error).message }),
  });
  usePageActions(
    useMemo(
      () =>
        FORMATS.map((format) => ({ id: `export-${format}`, label: t(`export.${format}`), run: () => mutate(format) })),
      [t, mutate],
    ),
  );
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button loading={isPending} leftSection={<IconDownload size={14} aria-hidden="true" />}>
          {t('export.open')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => mutate(format)}>
            {t(`export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function save(file: File): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
