/**
 * With which client a provider is signed in to: its public id is the row's, and where the vendor's installed app also has
 * a secret, that is found where the person or the vendor put it, and never shipped.
 */
import { OmniError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Flow, LoginOptions, TokenSet, VendorTool } from '../flows/flow.ts';
import type { OAuthClient } from '../oauth/grants.ts';

export interface ClientSources {
  /** By provider in upper case, `_` for `-`. */
  readonly environment: Readonly<Record<string, { readonly id?: string; readonly secret?: Secret }>>;
  /** The secret in the vendor's program on this machine. */
  published(tool: VendorTool): Promise<Secret | undefined>;
}

export interface ClientSearch {
  readonly client?: OAuthClient;
  /** Where the secret is from, for people; absent where none is needed. */
  readonly secretFrom?: string;
  /** What is missing and what to do, when there is no client. */
  readonly missing?: string;
}

/** Options of the dialog win over the environment, that over `providers.json`, that over the vendor's program. */
export async function findClient(
  { row, flow, options = {} }: { readonly row: Provider; readonly flow: Flow; readonly options?: LoginOptions },
  { environment, published }: ClientSources,
): Promise<ClientSearch> {
  const set = environment[environmentName(row.id)] ?? {};
  const id = options['clientId'] ?? set.id ?? row.oauth?.['clientId'] ?? '';
  if (flow.secret === undefined) return { client: { id } };
  const { auth, vendorTool } = flow.secret;
  const written = options['clientSecret'] ?? row.oauth?.['clientSecret'];
  const found =
    (options['clientSecret'] === undefined ? set.secret : undefined) ??
    (written === undefined ? undefined : new Secret(written));
  if (found !== undefined) return { client: { id, secret: found, auth }, secretFrom: 'your settings' };
  const secret = await published(vendorTool);
  if (secret !== undefined) return { client: { id, secret, auth }, secretFrom: vendorTool.name };
  return { missing: missingSecret(row, vendorTool) };
}

/** As `findClient`; throws `invalid_request` with what to do when there is none. */
export async function clientFor(
  wanted: Parameters<typeof findClient>[0],
  sources: ClientSources,
): Promise<OAuthClient> {
  const { client, missing } = await findClient(wanted, sources);
  if (client !== undefined) return client;
  throw new OmniError('invalid_request', missing ?? 'No client is known to sign in with.', { path: 'clientSecret' });
}

/** A refresh uses the client of the login, which is kept with its tokens. */
export async function clientOf(
  tokens: TokenSet,
  wanted: { readonly row: Provider; readonly flow: Flow },
  sources: ClientSources,
): Promise<OAuthClient> {
  const { flow, row } = wanted;
  const secret = tokens.secrets['clientSecret'];
  if (flow.secret === undefined || secret === undefined) return await clientFor(wanted, sources);
  const id = tokens.data['clientId'];
  const fallback = sources.environment[environmentName(row.id)]?.id ?? row.oauth?.['clientId'] ?? '';
  return { id: typeof id === 'string' ? id : fallback, secret, auth: flow.secret.auth };
}

/** The tokens with the client that they were granted to, where it has a secret. */
export function withClient(tokens: TokenSet, { id, secret }: OAuthClient, flow: Flow): TokenSet {
  if (flow.secret === undefined || secret === undefined) return tokens;
  return {
    ...tokens,
    data: { ...tokens.data, clientId: id },
    secrets: { ...tokens.secrets, clientSecret: secret },
  };
}

function environmentName(providerId: string): string {
  return providerId.toUpperCase().replaceAll('-', '_');
}

function missingSecret({ id, name }: Provider, tool: VendorTool): string {
  const variable = `${environmentName(id)}_OAUTH_CLIENT_SECRET`;
  return `${name} needs the client secret of ${tool.name}, which is not shipped here. Install ${tool.name} on this machine, or enter the secret, or set ${variable} or "${id}": {"oauth": {"clientSecret": "…"}} in providers.json, or import a login of ${tool.name}.`;
}
