import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { queries } from '../../api.ts';
import { JsonView } from '../../ui/json-editor.tsx';
import type { DetailProps } from './detail.ts';
import styles from './logs.module.css';
import { Part } from './part.tsx';

/** What was sent and answered, where that is kept; else how to have it kept. */
export function Bodies({ request: { requestBody, responseBody } }: DetailProps) {
  const { t } = useTranslation('logs');
  const { data: settings } = useQuery(queries.settings.get.queryOptions());
  if (requestBody === undefined && responseBody === undefined) {
    return (
      <Part title={t('bodies.title')}>
        <p className={styles.quiet}>
          {settings?.enableRequestLogs === true ? (
            t('bodies.notKept')
          ) : (
            <>
              {t('bodies.off')} <Link href="/settings">{t('bodies.settings')}</Link>
            </>
          )}
        </p>
      </Part>
    );
  }
  return (
    <>
      {requestBody !== undefined && (
        <Part title={t('bodies.request')}>
          <JsonView label={t('bodies.request')} value={readable(requestBody)} />
        </Part>
      )}
      {responseBody !== undefined && (
        <Part title={t('bodies.response')}>
          <JsonView label={t('bodies.response')} value={readable(responseBody)} />
        </Part>
      )}
    </>
  );
}

/** JSON as a value, to be indented; a stream's lines and what was cut off as they are. */
function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
