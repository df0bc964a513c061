/** Requests that went through a network proxy, under `/api/usage/proxy-logs`; the newest 500, without credentials. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { compact } from '../base/json.ts';
import { accountNames } from './account-names.ts';
import type { Handlers } from './implementer.ts';
import { isoTime, timeShape } from './shapes.ts';

const LIMIT = 500;
const entry = z.object({
  id: z.string().describe('Of the request'),
  timestamp: timeShape,
  proxy: z.string().describe('socks5://host:port'),
  provider: z.string(),
  model: z.string(),
  connectionId: z.string().optional(),
  account: z.string().optional(),
  status: z.number(),
  outcome: z.enum(['ok', 'error', 'cancelled', 'cut']),
  durationMs: z.number(),
  errorCode: z.string().optional(),
  error: z.string().optional(),
});

export const proxyLogsContract = {
  list: oc
    .route({ method: 'GET', path: '/usage/proxy-logs', summary: 'Requests through a network proxy, newest first' })
    .output(z.object({ logs: z.array(entry) })),
  clear: oc
    .route({ method: 'DELETE', path: '/usage/proxy-logs', summary: 'Forget which requests went through a proxy' })
    .output(z.object({ success: z.literal(true), cleared: z.number() })),
};

export const proxyLogsHandlers = ({ proxyLogs }: Handlers) => ({
  list: proxyLogs.list.handler(({ context: { services } }) => {
    const names = accountNames(services);
    return {
      logs: services.store.usage.proxied(LIMIT).map((record) => ({
        id: record.id,
        timestamp: isoTime(record.startedAtMs),
        proxy: record.proxy ?? '',
        ...{ provider: record.provider, model: record.model, status: record.status, outcome: record.outcome },
        durationMs: record.durationMs,
        ...compact({
          connectionId: record.connectionId,
          account: names.get(record.connectionId ?? ''),
          errorCode: record.errorCode,
          error: record.errorMessage,
        }),
      })),
    };
  }),
  clear: proxyLogs.clear.handler(({ context: { services } }) => ({
    success: true as const,
    cleared: services.store.usage.forgetProxies(),
  })),
});
