/**
 * The client-facing surface: takes a raw HTTP request, finds its route, runs the pipeline and writes the reply in the
 * caller's protocol.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../accounts/accounts.ts';
import type { Clock } from '../base/clock.ts';
import { OmniError, toOmniError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { pathOf } from '../base/request-path.ts';
import { compactPipeline } from '../pipeline/compact.ts';
import { countTokens } from '../pipeline/count-tokens.ts';
import { embeddingsPipeline } from '../pipeline/embeddings.ts';
import type { Caller, Exchange, Reply } from '../pipeline/exchange.ts';
import { createItemShelf } from '../pipeline/kept-items.ts';
import type { LedgerPorts } from '../pipeline/ledger.ts';
import { type GeneratePorts, generatePipeline } from '../pipeline/stages.ts';
import type { ServiceState } from '../policy/service-state.ts';
import type { Snapshot } from '../routing/snapshot.ts';
import {
  findModel,
  isOneChatModel,
  type ListedModel,
  listModels,
  modelList,
  ollamaModel,
  oneModel,
  shapeFor,
} from './models.ts';
import { askedModel, type ExchangeOpening, openExchange } from './open-exchange.ts';
import { errorFormat, type Match, matchRoute, type Route } from './routes.ts';
import { errorReply, writeReply } from './write-reply.ts';

export interface GatewayPorts {
  snapshot(): Snapshot;
  /** Who calls, for an answer or only for the list of models. Throws `missing_api_key` or `invalid_api_key`. */
  authorize(request: IncomingMessage, want?: 'models'): Caller;
  readonly pipeline: GeneratePorts;
  readonly ledger: LedgerPorts;
  readonly listed: {
    of(providerId: string): readonly string[];
    refresh(accounts: readonly Account[], waitMs: number): Promise<void>;
  };
  maxBodyBytes(): number;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** By what a second instance on the same data recognises this one. */
  readonly instance: string;
  readonly state: Pick<ServiceState, 'isPaused' | 'requireRunning'>;
}

export interface Gateway {
  /** Answers the request, or returns false when its path is not this surface's. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** What the owner may ask for, by its one name: combos, then the models of connected providers that answer in words. */
  chatModels(): Promise<string[]>;
}

/** Answered while paused, too. */
const TELLS_WHO_IS_THERE: ReadonlySet<Route['kind']> = new Set(['root', 'health', 'ollama-version']);
const LIST_WAIT_MS = 2_000;

export function createGateway(ports: GatewayPorts): Gateway {
  const generate = generatePipeline(ports.pipeline);
  const whole = { embeddings: embeddingsPipeline(ports.pipeline), compact: compactPipeline(ports.pipeline) };
  const shelf = createItemShelf();
  const startedAtS = Math.floor(ports.clock.nowMs() / 1_000);

  const models = (request: IncomingMessage): Promise<ListedModel[]> =>
    modelsFor(ports.authorize(request, 'models'), ports);
  const exchange = (request: IncomingMessage, response: ServerResponse, opening: ExchangeOpening): Promise<Exchange> =>
    openExchange(request, response, { opening, caller: ports.authorize(request), ports, shelf });

  const answer = async (route: Route, request: IncomingMessage, response: ServerResponse): Promise<Reply> => {
    if (!TELLS_WHO_IS_THERE.has(route.kind)) ports.state.requireRunning();
    switch (route.kind) {
      case 'generate':
      case 'completions':
      case 'gemini': {
        const opened = await exchange(request, response, route);
        if (route.kind === 'gemini' && route.action === 'countTokens')
          return json({ totalTokens: await countTokens(opened, ports.pipeline) });
        return generate(opened);
      }
      case 'count-tokens':
        return json({ input_tokens: await countTokens(await exchange(request, response, route), ports.pipeline) });
      case 'compact':
      case 'embeddings':
        return whole[route.kind](await exchange(request, response, route));
      case 'models':
        return json(modelList(await models(request), shapeFor(route.gemini, request.headers), startedAtS));
      case 'model':
        return json(
          oneModel(findModel(await models(request), route.id), shapeFor(route.gemini, request.headers), startedAtS),
        );
      case 'ollama-tags':
        return json(modelList(await models(request), 'ollama-chat', startedAtS));
      case 'ollama-show': {
        const listed = await models(request);
        return json(ollamaModel(findModel(listed, await askedModel(request, ports.maxBodyBytes())), startedAtS));
      }
      case 'ollama-running':
        ports.authorize(request);
        return json({ models: [] });
      case 'ollama-version':
        return json({ version: ports.version });
      case 'responses-socket':
        return noSocket(request, response);
      case 'root':
      case 'health':
        return identity(ports);
    }
  };

  return {
    async handle(request, response) {
      const path = pathOf(request);
      const match = matchRoute(request.method ?? 'GET', path);
      if (match.type === 'foreign' || (match.type === 'route' && isStartPage(match.route, request))) return false;
      const reply = await answerOf(match, answer, request, response).catch((thrown: unknown) =>
        failureReply(thrown, request, ports.log),
      );
      await writeReply(response, reply);
      return true;
    },
    chatModels: () => chatModels(ports),
  };
}

/** What the caller may ask for. Providers without a catalog are asked for their lists, for a moment at most. */
async function modelsFor(caller: Pick<Caller, 'allows'>, ports: GatewayPorts): Promise<ListedModel[]> {
  const { accountsByProvider, catalog } = ports.snapshot();
  const unlisted = [...accountsByProvider.values()].flatMap(([account]) =>
    account !== undefined && catalog.list(account.provider).length === 0 ? [account] : [],
  );
  await ports.listed.refresh(unlisted, LIST_WAIT_MS);
  return listModels(ports.snapshot(), caller, ports.listed.of);
}

async function chatModels(ports: GatewayPorts): Promise<string[]> {
  const listed = await modelsFor({ allows: () => true }, ports);
  return listed.filter(isOneChatModel).map(({ id }) => id);
}

function failureReply(thrown: unknown, request: IncomingMessage, log: Log): Reply {
  const path = pathOf(request);
  const error = toOmniError(thrown);
  if (error.code === 'internal') log.error('A request failed.', { path }, thrown);
  return errorReply(error, errorFormat(path, request.headers));
}

type Answer = (route: Route, request: IncomingMessage, response: ServerResponse) => Promise<Reply>;

async function answerOf(
  match: Match,
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Reply> {
  if (match.type === 'route') return answer(match.route, request, response);
  if (match.type === 'wrong-method') throw wrongMethod(request, response, match.allowed);
  throw new OmniError('not_found', `There is no ${request.method} ${pathOf(request)}.`);
}

/** The error for a method the path does not take, its Allow header set. */
function wrongMethod(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): OmniError {
  response.setHeader('allow', allowed.join(', '));
  return new OmniError('method_not_allowed', `${request.method} is not allowed here. Use ${allowed.join(' or ')}.`);
}

/** Who is there; for everybody, so without anything secret. */
function identity({ version, instance, state }: GatewayPorts): Reply {
  return json({ name: 'OmniRoute', status: state.isPaused() ? 'paused' : 'ok', version, instance });
}

/** At `/` someone with a browser is looking for the dashboard; tools that probe the address do not ask for HTML. */
function isStartPage(route: Route, { headers }: IncomingMessage): boolean {
  return route.kind === 'root' && /\btext\/html\b/i.test(headers.accept ?? '');
}

function json(body: object): Reply {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** Codex first tries a WebSocket; 426 makes it fall back to POST at once (pitfalls.md 7.3). */
function noSocket(request: IncomingMessage, response: ServerResponse): Reply {
  if (request.headers.upgrade === undefined) throw wrongMethod(request, response, ['POST']);
  throw new OmniError('upgrade_required', 'WebSocket is not served here. Use POST with stream: true.');
}
