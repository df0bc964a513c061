/**
 * The one reader of environment variables. `main/` hands in `process.env`; everything else sees typed values, checked
 * once at start, so that a mistake is named there and not met later. Secrets leave here wrapped.
 */
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { platform } from 'node:process';
import type { Machine } from '../accounts/flows/tool-logins/tool-login.ts';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { Secret } from '../base/secret.ts';
import { originAsSent } from './hosts.ts';
import { type EnvironmentProxies, type NetworkProxy, parseProxyUrl } from './proxies.ts';
import type { Settings } from './settings.ts';

export type EnvironmentRecord = Readonly<Record<string, string | undefined>>;

export interface Environment {
  readonly dataDirectory?: string;
  readonly port?: number;
  /** The address to listen on; `HOSTNAME` counts only as an IP address or `localhost`. */
  readonly host?: string;
  /** The gateway's own public URL, without a trailing slash. */
  readonly baseUrl?: string;
  readonly cloudUrl?: string;
  readonly jwtSecret?: Secret;
  readonly apiKeySecret?: Secret;
  readonly initialPassword?: Secret;
  readonly masterKey?: Secret;
  readonly isCookieSecure: boolean;
  readonly isProduction: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `HTTP_PROXY` and the like. */
  readonly proxies: EnvironmentProxies;
  /** `{PROVIDER}_OAUTH_CLIENT_ID` and `_SECRET`, by provider as it is written there: `GEMINI_CLI`. */
  readonly oauthClients: OAuthClients;
  /** The folders of `PATH`: where the vendors' own programs are looked for. */
  readonly searchPath: readonly string[];
  /** Where the vendors' tools keep their logins. */
  readonly machine: Machine;
  /** Settings that the environment decides; they cannot be changed while it does. */
  readonly settings: Partial<Settings>;
  /** Sentences for the start-up log: what was set and not used, and why. */
  readonly warnings: readonly string[];
}

export type OAuthClients = Readonly<Record<string, { readonly id?: string; readonly secret?: Secret }>>;

const SECRET_LENGTH_MIN = 16;
const IP_OR_LOCALHOST = /^(localhost|\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?)$/i;

/** Reads the environment (guide.md, facts.md G.8). An empty value counts as absent. Throws `invalid_request` naming the variable. */
export function readEnvironment(record: EnvironmentRecord): Environment {
  const warnings: string[] = [];
  const text = (name: string): string | undefined => record[name]?.trim() || undefined;
  return {
    ...compact({
      dataDirectory: text('DATA_DIR'),
      port: wholeNumber('PORT', text('PORT'), { min: 0, max: 65_535 }),
      host: hostOf(text('HOSTNAME'), warnings),
      baseUrl: urlOf('BASE_URL', text('BASE_URL')),
      cloudUrl: urlOf('CLOUD_URL', text('CLOUD_URL')),
      jwtSecret: secretOf('JWT_SECRET', text('JWT_SECRET')),
      apiKeySecret: secretOf('API_KEY_SECRET', text('API_KEY_SECRET')),
      initialPassword: wrapped(record['INITIAL_PASSWORD']),
      masterKey: wrapped(text('OMNIROUTE_MASTER_KEY')),
    }),
    isCookieSecure: flag('AUTH_COOKIE_SECURE', text('AUTH_COOKIE_SECURE')) ?? false,
    isProduction: text('NODE_ENV') === 'production',
    logLevel: logLevelOf(text('LOG_LEVEL')),
    proxies: proxiesOf(text),
    oauthClients: oauthClientsOf(record),
    searchPath: (record['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    machine: machineOf(text),
    settings: settingsOf(text, warnings),
    warnings,
  };
}

/** Only what the tools themselves look at: this is handed around. */
const TOOL_VARIABLES = ['CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'GEMINI_CLI_HOME', 'XDG_CONFIG_HOME', 'LOCALAPPDATA'];

function machineOf(text: (name: string) => string | undefined): Machine {
  const env = Object.fromEntries(TOOL_VARIABLES.map((name) => [name, text(name)]));
  return { platform, homeDirectory: text('HOME') ?? text('USERPROFILE') ?? homedir(), env };
}

function oauthClientsOf(record: EnvironmentRecord): OAuthClients {
  const clients: Record<string, { id?: string; secret?: Secret }> = {};
  for (const name of Object.keys(record)) {
    const [, provider, part] = /^([A-Z][A-Z0-9_]*)_OAUTH_CLIENT_(ID|SECRET)$/.exec(name) ?? [];
    const value = record[name]?.trim();
    if (provider === undefined || value === undefined || value === '') continue;
    const client = { ...clients[provider] };
    if (part === 'ID') client.id = value;
    else client.secret = new Secret(value);
    clients[provider] = client;
  }
  return clients;
}

/** Lower-case names win, as in other programs; `ALL_PROXY` stands in for both. */
function proxiesOf(text: ReadText): EnvironmentProxies {
  const read = (...names: readonly string[]): NetworkProxy | undefined => {
    const name = names.find((one) => text(one) !== undefined);
    const value = name === undefined ? undefined : text(name);
    return name === undefined || value === undefined ? undefined : parseProxyUrl(value, name);
  };
  return {
    ...compact({
      http: read('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'),
      https: read('https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'),
    }),
    except: text('no_proxy') ?? text('NO_PROXY') ?? '',
  };
}

type ReadText = (name: string) => string | undefined;

function settingsOf(text: ReadText, warnings: string[]): Partial<Settings> {
  const origins = listOf(text('ALLOWED_ORIGINS') ?? text('CORS_ORIGINS') ?? text('CORS_ORIGIN'));
  if (origins?.includes('*') === true) {
    warnings.push(
      'An allowed origin of * would let every web page use this gateway; it is not used. Name the origins.',
    );
  }
  return compact({
    requireApiKey: flag('REQUIRE_API_KEY', text('REQUIRE_API_KEY')),
    enableRequestLogs: flag('ENABLE_REQUEST_LOGS', text('ENABLE_REQUEST_LOGS')),
    allowedHosts: listOf(text('ALLOWED_HOSTS')),
    allowedOrigins: origins?.filter((origin) => origin !== '*').map(originAsSent),
    maxBodyBytes: wholeNumber('MAX_BODY_SIZE_BYTES', text('MAX_BODY_SIZE_BYTES'), { min: 1_024, max: 1_073_741_824 }),
    retentionDays: wholeNumber('LOG_RETENTION_DAYS', text('LOG_RETENTION_DAYS'), { min: 1, max: 3_650 }),
  });
}

/** Containers and some shells set HOSTNAME to the machine's name: listening on that would open the network unasked. */
function hostOf(value: string | undefined, warnings: string[]): string | undefined {
  if (value === undefined || IP_OR_LOCALHOST.test(value)) return value?.replace(/^\[|\]$/g, '');
  warnings.push(`HOSTNAME is "${value}", a machine's name: it is not used. Give an IP address to listen on.`);
  return undefined;
}

function wholeNumber(
  name: string,
  value: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  throw wrong(name, `a whole number from ${min} to ${max}, not "${value}"`);
}

function flag(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw wrong(name, `true or false, not "${value}"`);
}

function urlOf(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrong(name, 'a URL that begins with http:// or https://');
  }
  return value.replace(/\/+$/, '');
}

/** A short signing secret can be guessed offline from one cookie; the variable may also be left out. */
function secretOf(name: string, value: string | undefined): Secret | undefined {
  if (value !== undefined && value.length < SECRET_LENGTH_MIN) {
    throw wrong(name, `at least ${SECRET_LENGTH_MIN} characters, or unset: then one is generated and kept`);
  }
  return wrapped(value);
}

function wrapped(value: string | undefined): Secret | undefined {
  return value === undefined || value === '' ? undefined : new Secret(value);
}

function listOf(value: string | undefined): string[] | undefined {
  return value
    ?.split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function logLevelOf(value: string | undefined): Environment['logLevel'] {
  const level = value?.toLowerCase() ?? 'info';
  if (level === 'debug' || level === 'info' || level === 'warn' || level === 'error') return level;
  throw wrong('LOG_LEVEL', 'debug, info, warn or error');
}

function wrong(name: string, expected: string): OmniError {
  return new OmniError('invalid_request', `The environment variable ${name} must be ${expected}.`, { path: name });
}
