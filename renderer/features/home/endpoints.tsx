import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { CopyField } from '../../ui/copy.tsx';
import { useEndpoint } from '../../ui/endpoint.ts';
import { Section } from '../../ui/section.tsx';
import styles from './home.module.css';

/** What each protocol's clients append to the address themselves. */
const PROTOCOLS = [
  { name: 'OpenAI', path: '/v1' },
  { name: 'Anthropic', path: '' },
  { name: 'Gemini', path: '' },
  { name: 'Ollama', path: '' },
];

/** The base address as each protocol's clients want it. */
export function Endpoints() {
  const { t } = useTranslation('home');
  const { origin } = useEndpoint();
  return (
    <Section title={t('endpoints.title')} description={t('endpoints.text')}>
      <dl className={styles.endpoints}>
        {PROTOCOLS.map(({ name, path }) => (
          <div key={name} className={styles.endpoint}>
            <dt>{name}</dt>
            <dd>
              <CopyField text={origin + path} label={t('endpoints.copy', { name })} />
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.more}>
        <Link href="/tools">{t('endpoints.tools')}</Link>
      </p>
    </Section>
  );
}
