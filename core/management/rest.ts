/**
 * The contract as REST. Loaded with the first call, since the gateway serves without it. Who may call is decided here,
 * before a route is looked up: a stranger does not learn which routes exist.
 */
import type { IncomingMessage } from 'node:http';
import { StandardOpenAPIHandler } from '@orpc/openapi/standard';
import { traverseContractProcedures } from '@orpc/server';
import { OmniError } from '../base/errors.ts';
import { withoutTrailingSlashes } from '../base/request-path.ts';
import { admit } from './admission.ts';
import { contract } from './contract.ts';
import { openApiDocument } from './openapi.ts';
import { readJson } from './read-json.ts';
import { errorAnswer, type RestAnswer, restError } from './rest-errors.ts';
import { router } from './router.ts';
import type { CallContext, ManagementServices } from './services.ts';

const PREFIX = '/api';
const PUBLIC = new Set([
  'GET /api/auth/status',
  'POST /api/auth/login',
  'POST /api/auth/setup',
  'POST /api/auth/logout',
]);
const DOCUMENT = '/api/openapi.json';
/** Paths under other names (facts.md C.10). */
const MOVED: Readonly<Record<string, string>> = { '/api/rate-limit': '/api/rate-limits' };

/** An answer, and the cookies to set with it. */
export interface RestResult extends RestAnswer {
  readonly cookies: readonly string[];
}

export interface RestApi {
  /** Never throws: a failure has become its answer. */
  answer(request: IncomingMessage): Promise<RestResult>;
}

export function createRestApi(services: ManagementServices): RestApi {
  const routes = routeTable();
  let document: ReturnType<typeof openApiDocument> | undefined;
  const failed = (thrown: unknown): RestAnswer => {
    const error = restError(thrown);
    if (error.code === 'internal') services.log.error('A management call failed.', {}, thrown);
    return errorAnswer(error);
  };
  const handler = new StandardOpenAPIHandler<CallContext>(router, {
    interceptors: [
      async ({ next }) => {
        try {
          return await next();
        } catch (thrown) {
          const { status, headers, body } = failed(thrown);
          return { matched: true, response: { status, headers: { ...headers }, body } };
        }
      },
    ],
  });

  const call = async (request: IncomingMessage, cookies: string[]): Promise<RestAnswer> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = withoutTrailingSlashes(url.pathname);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const admitted = await admit(services, request, { isPublic: PUBLIC.has(`${method} ${path}`), cookies });
    if (path === DOCUMENT && method === 'GET') {
      document ??= openApiDocument(services.version);
      return { status: 200, headers: {}, body: await document };
    }
    const moved = MOVED[path];
    if (moved !== undefined) return { status: 308, headers: { location: moved + url.search }, body: undefined };
    const allowed = path === DOCUMENT ? ['GET'] : allowedMethods(routes, path);
    if (allowed.length === 0) throw new OmniError('not_found', `There is no ${path}.`);
    if (!allowed.includes(method)) return wrongMethod(method, allowed);
    const body = method === 'GET' ? undefined : await readJson(request);
    const context: CallContext = {
      services,
      remoteAddress: request.socket.remoteAddress,
      cookieHeader: request.headers.cookie,
      ...admitted,
      setCookie: (value) => cookies.splice(0, cookies.length, value),
    };
    const asked = { method, url, headers: request.headers, body: () => Promise.resolve(body ?? {}), signal: undefined };
    const { response } = await handler.handle(asked, { context, prefix: PREFIX });
    if (response === undefined) throw new OmniError('not_found', `There is no ${path}.`);
    const retryAfter = response.headers['retry-after'];
    return {
      status: response.status,
      headers: typeof retryAfter === 'string' ? { 'retry-after': retryAfter } : {},
      body: response.body,
    };
  };

  return {
    async answer(request) {
      const cookies: string[] = [];
      try {
        return { ...(await call(request, cookies)), cookies };
      } catch (thrown) {
        return { ...failed(thrown), cookies };
      }
    },
  };
}

interface RouteEntry {
  readonly method: string;
  readonly pattern: RegExp;
}

function routeTable(): readonly RouteEntry[] {
  const out: RouteEntry[] = [];
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure }) => {
    const { method, path } = procedure['~orpc'].route;
    if (method === undefined || path === undefined) return;
    out.push({ method, pattern: new RegExp(`^${PREFIX}${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) });
  });
  return out;
}

function allowedMethods(routes: readonly RouteEntry[], path: string): string[] {
  return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}

function wrongMethod(method: string, allowed: readonly string[]): RestAnswer {
  const error = new OmniError('method_not_allowed', `${method} is not allowed here. Use ${allowed.join(' or ')}.`);
  const answer = errorAnswer(error);
  return {
    ...answer,
    headers: { ...answer.headers, allow: [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', ') },
  };
}
