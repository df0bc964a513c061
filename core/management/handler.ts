/**
 * Management's surface of the listener: `/api/*` without the client-facing paths there, and the dashboard's
 * files. The door has been passed already. Calls over IPC go to the router without this.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from '../base/request-path.ts';
import { isManagementPath } from '../policy/door.ts';
import { serveCallbackPage } from './callback-page.ts';
import { createDashboard } from './dashboard.ts';
import { isEventValues, writeEventStream } from './event-stream.ts';
import type { LocalApi } from './local-api.ts';
import type { RestApi } from './rest.ts';
import type { RpcApi } from './rpc.ts';
import type { ManagementServices } from './services.ts';

export interface Management {
  /** Answers the request, or returns false when its path is not management's. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The same contract for the host itself. */
  local(): Promise<LocalApi>;
}

/** @param dashboardFolder the built renderer; undefined where there is none */
export function createManagement(services: ManagementServices, dashboardFolder?: string): Management {
  const dashboard = createDashboard(dashboardFolder);
  let rest: Promise<RestApi> | undefined;
  let local: Promise<LocalApi> | undefined;
  let rpc: Promise<RpcApi> | undefined;
  return {
    async handle(request, response) {
      const path = pathOf(request);
      if (serveCallbackPage(request, response, path)) return true;
      if (path.startsWith('/api/rpc/')) {
        rpc ??= import('./rpc.ts').then(({ createRpcApi }) => createRpcApi(services));
        await (await rpc).handle(request, response);
        return true;
      }
      if (path === '/metrics') {
        const { serveMetrics } = await import('./metrics-page.ts');
        await serveMetrics(services, request, response);
        return true;
      }
      if (!isManagementPath(path)) return dashboard.handle(request, response, path);
      rest ??= import('./rest.ts').then(({ createRestApi }) => createRestApi(services));
      const { status, headers, body, cookies } = await (await rest).answer(request);
      const setCookie = cookies.length > 0 ? { 'set-cookie': [...cookies] } : {};
      if (isEventValues(body)) {
        if (request.method === 'HEAD') await body.return?.();
        else await writeEventStream(response, body, { headers: setCookie });
        response.end();
        return true;
      }
      if (response.destroyed) return true;
      if (body instanceof Blob) {
        await writeFile(request, response, body, { ...headers, ...setCookie });
        return true;
      }
      const text = body === undefined ? '' : JSON.stringify(body);
      response.writeHead(status, {
        ...headers,
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...setCookie,
        ...(!request.complete && request.method !== 'GET' && { connection: 'close' }),
      });
      response.end(request.method === 'HEAD' ? undefined : text);
      return true;
    },
    local() {
      local ??= import('./local-api.ts').then(({ createLocalApi }) => createLocalApi(services));
      return local;
    },
  };
}

/** A file to be saved, under its name. */
async function writeFile(
  { method }: IncomingMessage,
  response: ServerResponse,
  file: Blob,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<void> {
  const name = file instanceof File ? file.name.replace(/[^\w.-]/g, '_') : 'download';
  response.writeHead(200, {
    ...headers,
    'content-type': file.type,
    'content-length': file.size,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : Buffer.from(await file.arrayBuffer()));
}
