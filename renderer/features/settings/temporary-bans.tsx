/** Addresses that may not connect for a while. */
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { FormError } from '../../ui/form-parts.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Countdown } from '../../ui/values.tsx';
import styles from './settings.module.css';

type Ban = Outputs['ipFilter']['get']['tempBans'][number];

const HOUR_MS = 3_600_000;
/** Names of lengths, in milliseconds. */
const LENGTHS = [
  ['hour', HOUR_MS],
  ['day', 24 * HOUR_MS],
  ['week', 168 * HOUR_MS],
] as const;

const renew = (): Promise<void> => queryClient.invalidateQueries({ queryKey: queries.ipFilter.key() });

export function TemporaryBans() {
  const { t } = useTranslation('settings');
  const filter = useQuery(queries.ipFilter.get.queryOptions());
  return (
    <Section isFlush title={t('ban.title')} description={t('ban.text')}>
      <QueryView query={filter} skeleton={<RowsSkeleton rows={2} />} errorTitle={t('ban.failed')}>
        {({ tempBans }) => <BanTable bans={tempBans} />}
      </QueryView>
      <div className={styles.foot}>
        <AddBan />
      </div>
    </Section>
  );
}

function BanTable({ bans }: { readonly bans: readonly Ban[] }) {
  const { t } = useTranslation('settings');
  const lift = useMutation({
    mutationFn: (ip: string) => api.ipFilter.put({ removeBan: ip }),
    onSettled: renew,
  });
  const columns: readonly Column<Ban>[] = [
    { id: 'ip', header: t('ban.address'), cell: ({ ip }) => <code>{ip}</code>, sortBy: ({ ip }) => ip },
    { id: 'why', header: t('ban.reason'), cell: ({ reason }) => reason },
    {
      id: 'left',
      header: t('ban.left'),
      isNumeric: true,
      cell: ({ until }) => <Countdown until={until} onEnd={() => void renew()} />,
    },
    {
      id: 'action',
      header: t('action'),
      isNumeric: true,
      cell: ({ ip }) => (
        <Button
          variant="default"
          size="compact-xs"
          disabled={lift.isPending}
          aria-label={t('ban.liftNamed', { name: ip })}
          onClick={() => lift.mutate(ip)}
        >
          {t('ban.lift')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t('ban.title')}
      columns={columns}
      rows={bans}
      rowKey={({ ip }) => ip}
      empty={<EmptyState text={t('ban.empty')} />}
    />
  );
}

function AddBan() {
  const { t } = useTranslation('settings');
  const [ip, setIp] = useState('');
  const [reason, setReason] = useState('');
  const [length, setLength] = useState<string>(LENGTHS[0][0]);
  const durationMs = LENGTHS.find(([name]) => name === length)?.[1] ?? HOUR_MS;
  const add = useMutation({
    mutationFn: () => api.ipFilter.put({ tempBan: { ip: ip.trim(), durationMs, reason } }),
    onSuccess: () => {
      setIp('');
      setReason('');
      return renew();
    },
  });
  return (
    <form
      className={`${styles.line} ${styles.ban}`}
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <TextInput
        label={t('ban.address')}
        placeholder="203.0.113.7"
        maxLength={60}
        value={ip}
        onChange={(event) => setIp(event.currentTarget.value)}
      />
      <TextInput
        label={t('ban.reason')}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Select
        label={t('ban.for')}
        allowDeselect={false}
        data={LENGTHS.map(([name]) => ({ value: name, label: t(`ban.length.${name}`) }))}
        value={length}
        onChange={(value) => value !== null && setLength(value)}
      />
      <Button type="submit" loading={add.isPending} disabled={ip.trim() === ''}>
        {t('ban.add')}
      </Button>
      <FormError error={add.error} />
    </form>
  );
}
