/** Which version this is, whose work is in it, and a file that helps to find a fault. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, failureOf, queries } from '../../api.ts';
import { useEndpoint } from '../../ui/endpoint.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section, TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { QueryView, RowsSkeleton, TilesSkeleton } from '../../ui/states.tsx';
import styles from './about.module.css';
import { saveFile } from './save-file.ts';

export function AboutPage() {
  const { t } = useTranslation('about');
  const health = useQuery(queries.monitoring.health.queryOptions());
  return (
    <PageStack>
      <PageHeader title={t('title')} />
      <QueryView query={health} skeleton={<TilesSkeleton tiles={3} />} errorTitle={t('failed')}>
        {({ system: { version, nodeVersion, platform, arch } }) => (
          <TileGrid minWidthPx={180} isFilling>
            <StatCard label={t('version')} value={version} detail={t('licence')} />
            <StatCard label={t('node')} value={nodeVersion} />
            <StatCard label={t('machine')} value={platform} detail={arch} />
          </TileGrid>
        )}
      </QueryView>
      <Diagnostics />
      <Links />
      <Licences />
    </PageStack>
  );
}

function Diagnostics() {
  const { t } = useTranslation('about');
  const save = useMutation({
    mutationFn: () => api.diagnostics.export(),
    onSuccess: (report) =>
      saveFile(`omniroute-diagnostics-${report.made.slice(0, 10)}.json`, JSON.stringify(report, null, 2)),
  });
  const button = (
    <Button loading={save.isPending} onClick={() => save.mutate()}>
      {t('diagnostics.save')}
    </Button>
  );
  return (
    <Section title={t('diagnostics.title')} description={t('diagnostics.text')} aside={button}>
      <p role="status" className={styles.text}>
        {save.isSuccess && t('diagnostics.saved')}
        {save.isError && failureOf(save.error).message}
        {save.isIdle && t('diagnostics.holds')}
      </p>
    </Section>
  );
}

/** What of this program can be read elsewhere, without leaving this machine. */
function Links() {
  const { t } = useTranslation('about');
  const { origin } = useEndpoint();
  return (
    <Section title={t('links.title')}>
      <ul className={styles.links}>
        <li>
          <a href={`${origin}/api/openapi.json`} target="_blank" rel="noreferrer">
            {t('links.api')}
          </a>
        </li>
        <li>
          <Link href="/logs">{t('links.logs')}</Link>
        </li>
        <li>
          <Link href="/limits">{t('links.health')}</Link>
        </li>
      </ul>
    </Section>
  );
}

/** What the bundler wrote beside the page. */
function Licences() {
  const { t } = useTranslation('about');
  const licences = useQuery({
    queryKey: ['licences'],
    networkMode: 'always',
    staleTime: Infinity,
    queryFn: readLicences,
  });
  return (
    <Section title={t('licences.title')} description={t('licences.text')}>
      <QueryView query={licences} skeleton={<RowsSkeleton rows={6} />} errorTitle={t('licences.failed')}>
        {(text) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
          <pre className={styles.licences} tabIndex={0}>
            {text}
          </pre>
        )}
      </QueryView>
    </Section>
  );
}

async function readLicences(): Promise<string> {
  const answer = await fetch('/licenses.md');
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.text();
}
