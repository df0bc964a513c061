/**
 * The sign-ins under way: started, looked at, given their answer, cancelled. A browser comes back to a listener of ours, a
 * person pastes what the provider's page shows, or a device code is asked for in the background; each way ends in one
 * session, whose view is told as it changes.
 */
import { OmniError, toOmniError } from '../../base/errors.ts';
import type { EventSink } from '../../base/event-bus.ts';
import { randomId } from '../../base/ids.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ConnectionRecord } from '../../store/records.ts';
import type { Flow, FlowContext, LoginMethod, LoginOptions, SignedIn } from '../flows/flow.ts';
import { type ClientSources, clientFor, withClient } from './clients.ts';
import { LoginSession, type LoginView } from './login-session.ts';
import { failureSentence } from './messages.ts';
import { checkedOptions, methodOf } from './method-options.ts';
import { pastedQuery } from './pasted.ts';
import {
  type Entry,
  isSame,
  type StartedLogin,
  type StartWishes,
  startCode,
  startDevice,
  takeAnswer,
} from './started-login.ts';

export interface LoginsParts {
  readonly flows: readonly Flow[];
  /** Rows by id, overrides applied. */
  providers(): ReadonlyMap<string, Provider>;
  readonly clients: ClientSources;
  context(row: Provider): Omit<FlowContext, 'signal' | 'progress' | 'client'>;
  /** Keeps a finished login. */
  save(signedIn: SignedIn, row: Provider): ConnectionRecord;
  readonly events: EventSink;
}

export interface StartRequest extends StartWishes {
  readonly provider: string;
  /** Absent: the provider's first. */
  readonly method?: string;
  readonly options?: Readonly<Record<string, string>>;
}

export interface Logins {
  /** Throws `invalid_request` for what is missing, `conflict` for a port, `upstream_*` for the provider, with what to do. */
  start(request: StartRequest): Promise<StartedLogin>;
  /** Throws `not_found` for one that is not known (any more). */
  session(sessionId: string): LoginView;
  /** By the `state` or the device code that its start gave out. */
  find(mark: string): LoginView | undefined;
  /**
   * What the browser or the person brought; state and verifier, where given, must be the session's. Settles when the
   * sign-in is over, whether well or not. Throws `invalid_request` or `conflict` when this is no answer to take.
   */
  complete(sessionId: string, pasted: string, given?: GivenBack): Promise<LoginView>;
  /** Asks for a device token if it is time; the session's view afterwards. */
  poll(sessionId: string): Promise<LoginView>;
  cancel(sessionId: string): LoginView;
  /** Ends all of them. */
  stop(): void;
}

export interface GivenBack {
  readonly state?: string;
  readonly codeVerifier?: string;
}

/** From the start to the browser's answer. */
const LIMIT_MS = 300_000;
/** What is over can be looked at for so long. */
const KEPT_MS = 600_000;
const SESSIONS_MAX = 50;
/** A caller waits so long for what goes on after the answer. */
const WAIT_MS = 120_000;

export function createLogins(parts: LoginsParts): Logins {
  const entries = new Map<string, Entry>();
  const entryOf = (sessionId: string): Entry => {
    const entry = entries.get(sessionId);
    if (entry !== undefined) return entry;
    throw new OmniError('not_found', 'This sign-in is not known, or over for a while. Start a new one.');
  };
  const keep = (entry: Entry): void => {
    const { id } = entry.session.parts;
    entries.set(id, entry);
    entry.session.whenOver(() => setTimeout(() => entries.delete(id), KEPT_MS).unref());
  };
  return {
    async start(request) {
      const row = parts.providers().get(request.provider);
      const flow = parts.flows.find(({ provider }) => provider === request.provider);
      if (row === undefined || flow === undefined)
        throw new OmniError('invalid_request', `There is no sign-in for "${request.provider}".`, { path: 'provider' });
      const method = methodOf(flow, request.method);
      const options = checkedOptions(method, flow, request.options ?? {});
      makeRoom(entries, request.provider, method);
      try {
        const session = await openSession({ row, flow, method, options }, parts);
        const start = method.kind === 'code' ? startCode(session, method, request) : startDevice(session, method);
        const { entry, started } = await start.catch((error: unknown) => {
          session.fail(error);
          throw error;
        });
        keep(entry);
        return started;
      } catch (error) {
        throw withSentence(toOmniError(error), row.name);
      }
    },
    session: (sessionId) => entryOf(sessionId).session.view,
    find: (mark) => [...entries.values()].find((entry) => isSame(mark, entry.mark))?.session.view,
    async complete(sessionId, pasted, given = {}) {
      const entry = entryOf(sessionId);
      await takeAnswer(entry, checkedAnswer(entry, pasted, given));
      return entry.session.view;
    },
    async poll(sessionId) {
      const { poll, session } = entryOf(sessionId);
      await poll?.now();
      await session.settled(WAIT_MS);
      return session.view;
    },
    cancel(sessionId) {
      const { session } = entryOf(sessionId);
      session.cancel();
      return session.view;
    },
    stop() {
      for (const { session } of entries.values()) session.cancel('OmniRoute was stopped. Start the sign-in again.');
    },
  };
}

/** A bare code carries no state: it is of the sign-in that it is pasted into, unless the caller says otherwise. */
function checkedAnswer({ mark, codeVerifier = '' }: Entry, pasted: string, given: GivenBack): URLSearchParams {
  const query = pastedQuery(pasted);
  if (given.state !== undefined && query.has('state') && query.get('state') !== given.state) query.set('state', '');
  if (!query.has('state')) query.set('state', given.state ?? mark);
  if (given.codeVerifier === undefined || isSame(given.codeVerifier, codeVerifier)) return query;
  throw new OmniError('invalid_request', 'The verifier is not that of this sign-in. Start the sign-in again.', {
    path: 'codeVerifier',
  });
}

/** A second click on the same button is a new start, and its listener needs the port of the first. */
function makeRoom(entries: ReadonlyMap<string, Entry>, provider: string, method: LoginMethod): void {
  const open = [...entries.values()].map(({ session }) => session).filter(({ isOver }) => !isOver);
  const again = open.filter(
    ({ view, parts }) => view.provider === provider && view.state === 'waiting' && hasFixedPort(parts.method),
  );
  if (hasFixedPort(method)) for (const session of again) session.cancel('A newer sign-in was started.');
  if (open.length >= SESSIONS_MAX)
    throw new OmniError('exhausted', `${SESSIONS_MAX} sign-ins are under way. Finish or cancel some of them.`);
}

function hasFixedPort(method: LoginMethod): boolean {
  return method.kind === 'code' && method.redirect.to === 'loopback' && method.redirect.isPortFixed;
}

interface Chosen {
  readonly row: Provider;
  readonly flow: Flow;
  readonly method: LoginMethod;
  readonly options: LoginOptions;
}

async function openSession({ row, flow, method, options }: Chosen, parts: LoginsParts): Promise<LoginSession> {
  const base = parts.context(row);
  const client =
    method.kind === 'device' && method.register !== undefined
      ? await method.register(options, { ...base, signal: AbortSignal.timeout(LIMIT_MS), progress: () => undefined })
      : await clientFor({ row, flow, options }, parts.clients);
  return new LoginSession({
    ...{ id: randomId('login_'), row, flow, method, options },
    expiresAtMs: base.clock.nowMs() + LIMIT_MS,
    context: { ...base, client },
    save: (signedIn) => parts.save({ ...signedIn, tokens: withClient(signedIn.tokens, client, flow) }, row),
    changed: ({ sessionId, provider, state, connection }) =>
      parts.events.emit({
        type: 'login-changed',
        atMs: base.clock.nowMs(),
        ...{ sessionId, provider, state },
        ...(connection && { connectionId: connection.id }),
      }),
  });
}

/** The failure of a start, in words that say what to do. */
function withSentence(error: OmniError, name: string): OmniError {
  const { code, path, upstreamCode, status } = error;
  const message = failureSentence(error, name);
  if (message === error.message) return error;
  return new OmniError(code, message, {
    ...(path !== undefined && { path }),
    ...(upstreamCode !== undefined && { upstreamCode }),
    ...{ status, cause: error },
  });
}
