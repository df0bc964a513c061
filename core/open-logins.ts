/** Opens the sign-ins and the keeper of their tokens, and refreshes in the background what is about to end. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Flow, FlowContext, SignedIn, TokenSet, VendorTool } from './accounts/flows/flow.ts';
import { FLOWS, flowOf } from './accounts/flows/index.ts';
import type { HttpSend } from './accounts/http.ts';
import { type ClientSources, clientOf, findClient } from './accounts/logins/clients.ts';
import { createImports, followedTokens, type Imports } from './accounts/logins/imports.ts';
import { type LoginProvider, loginProviders } from './accounts/logins/login-providers.ts';
import { createLogins, type Logins } from './accounts/logins/logins.ts';
import { saveLogin } from './accounts/logins/save-login.ts';
import { publishedSecret } from './accounts/logins/vendor-tools.ts';
import { createLastingCalls, type LastingCallParts } from './accounts/tokens/lasting-call.ts';
import { createTokenKeeper, type TokenKeeper } from './accounts/tokens/token-keeper.ts';
import { createTokenStore } from './accounts/tokens/token-store.ts';
import type { Clock } from './base/clock.ts';
import { OmniError } from './base/errors.ts';
import type { EventSink } from './base/event-bus.ts';
import type { Log } from './base/log.ts';
import type { Environment } from './policy/environment.ts';
import type { Provider } from './providers/provider.ts';
import type { ConnectionRecord } from './store/records.ts';
import type { Store } from './store/store.ts';
import type { Vault } from './vault/vault.ts';

export interface LoginParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
  readonly environment: Pick<Environment, 'oauthClients' | 'searchPath' | 'machine'>;
  providers(): ReadonlyMap<string, Provider>;
  readonly send: HttpSend;
  /** See `LastingCallParts`. */
  readonly lasting: Omit<LastingCallParts, 'send' | 'sealingKey'>;
  /** Routing must take a new picture. */
  onChange(): void;
  /** See `KeyAccountsParts`. */
  onGoodKey(connectionId: string): void;
}

export interface OpenLogins {
  readonly logins: Logins & { providers(): Promise<readonly LoginProvider[]> };
  readonly imports: Imports;
  readonly keeper: TokenKeeper;
  /** Ends sign-ins, and waits a little for refreshes: their tokens must be kept. */
  close(): Promise<void>;
}

const SWEEP_MS = 30_000;
const FIRST_SWEEP_MS = 2_000;
const CLOSE_LIMIT_MS = 5_000;

export function openLogins(parts: LoginParts): OpenLogins {
  const { store, vault, clock, log, events, providers, onChange } = parts;
  const sources = clientSources(parts.environment);
  const tokens = createTokenStore({ store, vault, nowMs: clock.nowMs });
  const sealingKey = (): Buffer => vault.derive('kept-answers');
  const lasting = createLastingCalls({ ...parts.lasting, sealingKey, send: parts.send });
  const keeper = createTokenKeeper({
    ...{ store, tokens, flowOf, onChange, events, clock, log },
    refresh: async (connection, held, signal) =>
      followedTokens(parts.environment.machine, held, clock.nowMs()) ??
      (await refreshTokens(connection, held, signal, { ...parts, sources, send: lasting.sendFor(connection.id) })),
    onKept: lasting.forget,
  });
  const save = (signedIn: SignedIn, row: Provider): ConnectionRecord => {
    const connection = saveLogin(signedIn, row, { store, tokens, clock });
    parts.onGoodKey(connection.id);
    onChange();
    events.emit({
      ...({ type: 'account-changed', atMs: clock.nowMs(), state: 'good' } as const),
      ...{ connectionId: connection.id, provider: row.id },
    });
    return connection;
  };
  const context = (row: Provider) => contextOf(row, undefined, parts);
  const logins = createLogins({
    ...{ flows: FLOWS, providers, clients: sources, events },
    ...{ context, save },
  });
  const imports = createImports({
    ...{ machine: parts.environment.machine, flowOf, providers, context, save },
    clientOf: (row, flow) => findClient({ row, flow }, sources),
  });
  const stopSweeps = startSweeps(keeper);
  return {
    logins: { ...logins, providers: () => loginProviders(FLOWS, providers(), sources) },
    ...{ imports, keeper },
    async close() {
      stopSweeps();
      logins.stop();
      await keeper.settle(CLOSE_LIMIT_MS);
    },
  };
}

/** After a sleep the timers go off at once, and a failed refresh has pauses of its own: each sweep is bounded. */
function startSweeps(keeper: TokenKeeper): () => void {
  let timer: NodeJS.Timeout;
  const next = (afterMs: number): void => {
    timer = setTimeout(() => void keeper.sweep().finally(() => next(SWEEP_MS)), afterMs).unref();
  };
  next(FIRST_SWEEP_MS);
  return () => clearTimeout(timer);
}

async function refreshTokens(
  connection: ConnectionRecord,
  tokens: TokenSet,
  signal: AbortSignal,
  parts: LoginParts & { readonly sources: ClientSources },
): Promise<TokenSet> {
  const row = parts.providers().get(connection.provider);
  const flow: Flow | undefined = flowOf(connection.provider);
  if (row === undefined || flow === undefined)
    throw new OmniError('internal', `There is no sign-in for the provider "${connection.provider}".`);
  const client = await clientOf(tokens, { row, flow }, parts.sources);
  const context = { ...contextOf(row, connection.id, parts), client, signal, progress: () => undefined };
  return await flow.refresh(tokens, context);
}

/** Calls of a login take the network's way of its provider, and of its connection once there is one. */
function contextOf(
  row: Provider,
  connectionId: string | undefined,
  { send, clock }: Pick<LoginParts, 'send' | 'clock'>,
): Omit<FlowContext, 'client' | 'signal' | 'progress'> {
  const via = { providerId: row.id, ...(connectionId !== undefined && { connectionId }) };
  return {
    ...{ row, clock },
    send: (request, signal) => send({ ...request, via }, signal),
    pause: (ms) => delay(ms),
  };
}

/** A vendor's program is read once: its secret does not change while this runs. */
function clientSources({ oauthClients, searchPath }: LoginParts['environment']): ClientSources {
  const found = new Map<string, ReturnType<typeof publishedSecret>>();
  const published = async (tool: VendorTool): ReturnType<typeof publishedSecret> => {
    const known = await found.get(tool.command);
    if (known !== undefined) return known;
    const search = publishedSecret(tool, searchPath);
    found.set(tool.command, search);
    return await search;
  };
  return { environment: oauthClients, published };
}
