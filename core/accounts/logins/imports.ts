/**
 * Logins of the vendors' tools, taken over. A person sees first what was found; a login is asked for at its provider
 * before it is kept. Where the tool renews the same login, each renewal ends the other's: such an account can follow the
 * tool's file instead, and is never renewed here.
 */
import { OmniError, toOmniError } from '../../base/errors.ts';
import { asString, compact } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ConnectionRecord } from '../../store/records.ts';
import type { Flow, FlowContext, SignedIn, TokenSet } from '../flows/flow.ts';
import { type FoundLogin, findToolLogins, readToolLogin } from '../flows/tool-logins/find.ts';
import type { Machine, ToolLogin } from '../flows/tool-logins/tool-login.ts';
import type { Granted, OAuthClient } from '../oauth/grants.ts';
import { readQuota } from '../quota/read-quota.ts';
import type { ClientSearch } from './clients.ts';
import { FOLLOWS } from './follows.ts';
import { failureSentence } from './messages.ts';

/** What may be shown of a login that was found. */
export interface ImportView {
  readonly id: string;
  readonly provider: string;
  readonly providerName: string;
  readonly tool: string;
  /** The file. */
  readonly path: string;
  readonly account?: string;
  readonly plan?: string;
  readonly expiresAtMs?: number;
  /** Why taking it over can end the tool's own login, or the other way round. */
  readonly warning?: string;
  /** The account may follow the tool's file instead of renewing the login itself; `must`: it cannot be renewed here. */
  readonly follow: 'may' | 'must' | 'no';
  /** Why it cannot be taken over. */
  readonly problem?: string;
}

export interface ImportsParts {
  readonly machine: Machine;
  flowOf(providerId: string): Flow | undefined;
  providers(): ReadonlyMap<string, Provider>;
  /** The client that renews logins of the provider, or what is missing for one. */
  clientOf(row: Provider, flow: Flow): Promise<ClientSearch>;
  context(row: Provider): Omit<FlowContext, 'client' | 'signal' | 'progress'>;
  save(signedIn: SignedIn, row: Provider): ConnectionRecord;
}

export interface Imports {
  list(): Promise<readonly ImportView[]>;
  /** Throws `not_found`, `invalid_request`, or what the provider says against the login, with what to do. */
  take(id: string, options: { readonly follow: boolean }): Promise<ConnectionRecord>;
}

const LIMIT_MS = 60_000;
/** A token that ends so soon is renewed before it is judged. */
const SOON_MS = 60_000;

export function createImports(parts: ImportsParts): Imports {
  const renewals: Renewals = new Map();
  return {
    list: async () => {
      const found = await Promise.all(findToolLogins(parts.machine).map((one) => viewOf(one, parts)));
      return found.filter((view) => view !== undefined);
    },
    async take(id, { follow }) {
      const found = readToolLogin(parts.machine, id);
      if (found === undefined)
        throw new OmniError('not_found', 'This login is not on this machine any more. Look for logins again.');
      const { login, problem, reader } = found;
      if (login === undefined) throw new OmniError('invalid_request', problem ?? 'This file holds no login.');
      const row = parts.providers().get(reader.provider);
      const flow = parts.flowOf(reader.provider);
      if (row === undefined || flow === undefined)
        throw new OmniError('invalid_request', `There is no sign-in for "${reader.provider}".`);
      if (follow && (await followOf(found, row, flow, parts)) === 'no')
        throw new OmniError('invalid_request', needsNoFollowing(reader.tool), { path: 'follow' });
      try {
        const signedIn = await probed({ found, login, flow, row, follow, renewals }, parts);
        const connection = parts.save(signedIn, row);
        renewals.delete(id);
        return connection;
      } catch (thrown) {
        throw refusedLogin(toOmniError(thrown), row, reader.tool);
      }
    },
  };
}

/** The tokens as the tool's file holds them now, for an account that follows it; undefined for one that does not. */
export function followedTokens(machine: Machine, tokens: TokenSet, nowMs: number): TokenSet | undefined {
  const id = asString(tokens.data[FOLLOWS]);
  if (id === undefined) return undefined;
  const found = readToolLogin(machine, id);
  const held = found?.login?.tokens;
  const tool = found?.reader.tool ?? 'its tool';
  if (held?.accessToken === undefined || (held.expiresAtMs ?? Number.POSITIVE_INFINITY) <= nowMs)
    throw new OmniError(
      'upstream_unreachable',
      `This account follows the login of ${tool}, which has none that is still good. Start ${tool} once, or sign in here.`,
    );
  const { accessToken, idToken, expiresAtMs } = held;
  const { expiresAtMs: _ended, ...before } = tokens;
  return { ...before, accessToken, ...compact({ idToken, expiresAtMs }) };
}

async function viewOf(found: FoundLogin, parts: ImportsParts): Promise<ImportView | undefined> {
  const { id, reader, path, login, problem } = found;
  const [row, flow] = [parts.providers().get(reader.provider), parts.flowOf(reader.provider)];
  if (row === undefined || flow === undefined) return undefined;
  const follow = await followOf(found, row, flow, parts);
  return {
    ...{ id, provider: row.id, providerName: row.name, tool: reader.tool, path, follow },
    ...compact({
      account: login?.account,
      plan: login?.plan,
      expiresAtMs: login?.tokens.expiresAtMs,
      warning: follow === 'may' ? rotationWarning(reader.tool) : undefined,
      problem,
    }),
  };
}

async function followOf(
  { login, reader }: FoundLogin,
  row: Provider,
  flow: Flow,
  { clientOf }: Pick<ImportsParts, 'clientOf'>,
): Promise<ImportView['follow']> {
  if (login === undefined) return 'no';
  const isRenewable = login.client !== undefined || (await clientOf(row, flow)).client !== undefined;
  return isRenewable ? (reader.rotates ? 'may' : 'no') : 'must';
}

function needsNoFollowing(tool: string): string {
  return `Renewing this login here takes nothing from ${tool}, so the account does not follow its file. Take it over without following.`;
}

function rotationWarning(tool: string): string {
  return `${tool} renews this login by itself, and each renewal ends the one before. Taken over, whoever renews first signs the other out. Follow the file of ${tool} if you go on using it.`;
}

/**
 * What logins that had ended were renewed to, by their ids, until they are kept: the file's own token is used up then, also
 * when the provider could not be asked whose it is.
 */
type Renewals = Map<string, { readonly from: Secret | undefined; readonly tokens: TokenSet }>;

interface Taking {
  readonly found: FoundLogin;
  readonly login: ToolLogin;
  readonly flow: Flow;
  readonly row: Provider;
  readonly follow: boolean;
  readonly renewals: Renewals;
}

/** Asks the provider who it is, and so whether it works. What has ended is renewed first, unless the tool's file is followed. */
async function probed(taking: Taking, parts: ImportsParts): Promise<SignedIn> {
  const { found, login, flow, row, follow } = taking;
  const base = parts.context(row);
  const { client, missing } =
    login.client === undefined ? await parts.clientOf(row, flow) : { client: clientIn(login.client) };
  if (client === undefined && !follow)
    throw new OmniError('invalid_request', `${missing} Or let the account follow the file of ${found.reader.tool}.`, {
      path: 'follow',
    });
  const context = {
    ...{ ...base, client: client ?? { id: '' } },
    ...{ signal: AbortSignal.timeout(LIMIT_MS), progress: () => undefined },
  };
  const chosen = { method: login.method ?? flow.methods[0].id, options: login.options ?? {} };
  const endsAtMs = login.tokens.expiresAtMs ?? Number.POSITIVE_INFINITY;
  const isEnding = login.tokens.accessToken === undefined || endsAtMs < base.clock.nowMs() + SOON_MS;
  if (isEnding && follow)
    throw new OmniError(
      'invalid_request',
      `The login in ${found.path} has ended. Start ${found.reader.tool} once, so that it renews it, and try again.`,
    );
  const first = isEnding ? undefined : await flow.complete(grantedOf(login, base.clock.nowMs()), chosen, context);
  const signedIn = first ?? (await renewed(taking, chosen, context));
  await probe(signedIn.tokens, flow, context);
  return named(follow ? following(signedIn, found.id) : signedIn, login);
}

/** A call of the account's own that costs nothing. An answer without figures has accepted the login all the same. */
async function probe(tokens: TokenSet, flow: Flow, context: FlowContext): Promise<void> {
  const { row, send, signal, clock } = context;
  if (row.quota === undefined) return await flow.probe?.(tokens, context);
  const { accessToken: accountToken, data } = tokens;
  const credential = { key: flow.key?.(tokens) ?? accountToken, accountToken, data };
  try {
    await readQuota({ row, source: row.quota, credential, send, signal, nowMs: clock.nowMs() });
  } catch (error) {
    if (toOmniError(error).code !== 'upstream_bad_response') throw error;
  }
}

/** An old refresh token makes new tokens; they then say whose they are like those of a sign-in. */
async function renewed(
  { found, login, flow, renewals }: Taking,
  chosen: Parameters<Flow['complete']>[1],
  context: FlowContext,
): Promise<SignedIn> {
  const from = login.tokens.refreshToken;
  const known = renewals.get(found.id);
  const isKnown = known !== undefined && known.from?.reveal() === from?.reveal();
  const tokens = isKnown ? known.tokens : await flow.refresh(endedTokens(login, context), context);
  renewals.set(found.id, { from, tokens });
  const again: ToolLogin = { ...login, tokens: { ...login.tokens, ...tokens } };
  const signedIn = await flow.complete(grantedOf(again, context.clock.nowMs()), chosen, context);
  return { ...signedIn, tokens: { ...signedIn.tokens, data: { ...tokens.data, ...signedIn.tokens.data } } };
}

function endedTokens(login: ToolLogin, { client }: FlowContext): TokenSet {
  return {
    ...ownTokens(login),
    data: compact({ authMethod: login.method, ...login.options, clientId: login.client?.id }) as TokenSet['data'],
    secrets: client.secret === undefined ? {} : { clientSecret: client.secret },
  };
}

function clientIn({ id, secret }: NonNullable<ToolLogin['client']>): OAuthClient {
  return { id, secret, auth: 'post' };
}

function ownTokens({ tokens }: ToolLogin): Pick<TokenSet, 'accessToken' | 'refreshToken' | 'idToken' | 'scope'> {
  const { accessToken, refreshToken, idToken, scope } = tokens;
  const access = accessToken ?? refreshToken;
  if (access === undefined) throw new OmniError('invalid_request', 'This file holds no token.');
  return { accessToken: access, ...compact({ refreshToken, idToken, scope }) };
}

function grantedOf(login: ToolLogin, nowMs: number): Granted {
  const { expiresAtMs } = login.tokens;
  const expiresInS = expiresAtMs === undefined ? undefined : Math.round((expiresAtMs - nowMs) / 1_000);
  return { ...ownTokens(login), ...compact({ expiresInS }), answer: login.answer ?? {} };
}

function following({ tokens, ...who }: SignedIn, id: string): SignedIn {
  const { refreshToken: _theTools, ...rest } = tokens;
  return { ...who, tokens: { ...rest, data: { ...rest.data, [FOLLOWS]: id } } };
}

/** What the provider says wins over what the file says. */
function named(signedIn: SignedIn, { account, plan }: ToolLogin): SignedIn {
  const { tokens, email = account } = signedIn;
  const data = { ...(plan !== undefined && { plan }), ...tokens.data };
  return { ...signedIn, ...(email !== undefined && { email }), tokens: { ...tokens, data } };
}

function refusedLogin(error: OmniError, row: Provider, tool: string): OmniError {
  const isRefused = error.code === 'upstream_auth' || error.upstreamCode === 'invalid_grant';
  const message = isRefused
    ? `${row.name} no longer accepts this login. Sign in with ${tool} again, or sign in here.`
    : failureSentence(error, row.name);
  return new OmniError(error.code, message, { status: error.status, cause: error });
}
