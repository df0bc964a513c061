/**
 * Which network proxy a call goes through: the connection's, the combo's that the request came by, the provider's, the
 * global one, else the environment's (facts.md E.14). Passwords are sealed like every secret.
 */
import { OmniError } from '../base/errors.ts';
import { asNumber, asObject, asString, type JsonObject } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import type { KeyValueRepository } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { isLoopbackAddress, plainAddress } from './hosts.ts';
import { isExcepted } from './no-proxy.ts';

export interface NetworkProxy {
  readonly type: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: Secret;
}

export const PROXY_LEVELS = ['global', 'provider', 'combo', 'key'] as const;
export type ProxyLevel = (typeof PROXY_LEVELS)[number];

/** What a call is for, and where it goes. */
export interface ProxyScope {
  readonly connectionId?: string | undefined;
  /** The combos that the request came by, the innermost first. */
  readonly comboNames?: readonly string[] | undefined;
  readonly providerId?: string | undefined;
  /** `https://api.openai.com`. */
  readonly origin: string;
}

/** What a call is for, wherever it goes. */
export type CallPurpose = Omit<ProxyScope, 'origin'>;

export interface Proxies {
  /** False while none is set anywhere: then nothing else need be asked. */
  isAnySet(): boolean;
  proxyFor(scope: ProxyScope): { readonly proxy: NetworkProxy; readonly level: ProxyLevel | 'environment' } | undefined;
  /** By level, and by id within it (`global` has one without an id). */
  get(level: ProxyLevel, id?: string): NetworkProxy | undefined;
  list(): readonly { readonly level: ProxyLevel; readonly id: string; readonly proxy: NetworkProxy }[];
  set(level: ProxyLevel, id: string, proxy: NetworkProxy): void;
  remove(level: ProxyLevel, id: string): boolean;
  /** All that calls may go through, the environment's among them. */
  inUse(): readonly NetworkProxy[];
}

/** The environment's proxies (`HTTP_PROXY` and the like), as read once at start. */
export interface EnvironmentProxies {
  readonly http?: NetworkProxy;
  readonly https?: NetworkProxy;
  /** `NO_PROXY`, as written. */
  readonly except: string;
}

const NAMESPACE = 'proxyConfig';

export function createProxies(ports: {
  readonly keyValues: KeyValueRepository;
  readonly vault: Vault;
  readonly environment: EnvironmentProxies;
  readonly log: Log;
  /** Called after a proxy was set or removed. */
  onChange?(): void;
}): Proxies {
  const { keyValues, vault, environment, log } = ports;
  const proxies = new Map<string, NetworkProxy>();
  const read = (place: string): NetworkProxy => {
    try {
      return openProxy(asObject(keyValues.get(NAMESPACE, place)) ?? {}, vault, place);
    } catch (cause) {
      // Its level stays closed rather than open: a call must not go directly because its proxy cannot be read.
      if (!proxies.has(place))
        log.error('A network proxy cannot be read; calls that need it will fail.', { place }, cause);
      return UNREADABLE;
    }
  };
  for (const [place] of keyValues.entries(NAMESPACE)) proxies.set(place, read(place));
  /** What could not be read is tried again: its password is there once the vault is unlocked. */
  const found = (place: string): NetworkProxy | undefined => {
    if (proxies.get(place) === UNREADABLE) proxies.set(place, read(place));
    return proxies.get(place);
  };
  const get = (level: ProxyLevel, id = ''): NetworkProxy | undefined => found(placeOf(level, id));
  return {
    isAnySet: () => proxies.size > 0 || environment.http !== undefined || environment.https !== undefined,
    get,
    proxyFor({ connectionId, comboNames = [], providerId, origin }) {
      const asked = [
        ['key', connectionId],
        ...comboNames.map((name) => ['combo', name] as const),
        ['provider', providerId],
        ['global', ''],
      ] as const;
      for (const [level, id] of asked) {
        const proxy = id === undefined ? undefined : get(level, id);
        if (proxy !== undefined) return { proxy, level };
      }
      const proxy = fromEnvironment(environment, new URL(origin));
      return proxy && { proxy, level: 'environment' };
    },
    list: () =>
      [...proxies.keys()].map((place) => {
        const [level = '', ...id] = place.split('/');
        const proxy = found(place) ?? UNREADABLE;
        return { level: PROXY_LEVELS.find((one) => one === level) ?? 'global', id: id.join('/'), proxy };
      }),
    set(level, id, proxy) {
      const place = placeOf(level, id);
      const { password, ...open } = proxy;
      const sealed = password === undefined ? {} : { password: vault.seal(password, sealPlace(place)) };
      keyValues.set(NAMESPACE, place, { ...open, ...sealed });
      proxies.set(place, proxy);
      ports.onChange?.();
    },
    remove(level, id) {
      keyValues.remove(NAMESPACE, placeOf(level, id));
      const isRemoved = proxies.delete(placeOf(level, id));
      if (isRemoved) ports.onChange?.();
      return isRemoved;
    },
    inUse: () => [...proxies.values(), ...[environment.http, environment.https].filter((proxy) => proxy !== undefined)],
  };
}

/** Refuses every connection: port 0 is nobody's. */
const UNREADABLE: NetworkProxy = { type: 'http', host: '127.0.0.1', port: 0 };

function placeOf(level: ProxyLevel, id: string): string {
  return `${level}/${id}`;
}

function sealPlace(place: string): string {
  return `key_value/${NAMESPACE}/${place}/password`;
}

function openProxy(value: JsonObject, vault: Vault, place: string): NetworkProxy {
  const type = (['http', 'https', 'socks5'] as const).find((one) => one === value['type']);
  const [host, port] = [asString(value['host']), asNumber(value['port'])];
  if (type === undefined || host === undefined || port === undefined)
    throw new OmniError('internal', `The network proxy stored under ${place} has no type, host or port.`);
  const [username, sealed] = [asString(value['username']), asString(value['password'])];
  return {
    ...{ type, host, port },
    ...(username !== undefined && { username }),
    ...(sealed !== undefined && { password: vault.open(sealed, sealPlace(place)) }),
  };
}

/** This machine's own servers are never reached through the environment's proxy. */
function fromEnvironment(
  { http, https, except }: EnvironmentProxies,
  { protocol, hostname, port }: URL,
): NetworkProxy | undefined {
  const proxy = protocol === 'https:' ? https : http;
  if (proxy === undefined) return undefined;
  const host = plainAddress(hostname.replace(/^\[|\]$/g, ''));
  if (host === 'localhost' || isLoopbackAddress(host)) return undefined;
  return isExcepted(host, Number(port) || (protocol === 'https:' ? 443 : 80), except) ? undefined : proxy;
}

/** A proxy's address as people write it: `http://user:secret@host:8080`. Throws `invalid_request`. */
export function parseProxyUrl(text: string, name: string): NetworkProxy {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  const type = (['http', 'https', 'socks5'] as const).find(
    (one) => `${one}:` === url?.protocol.replace('socks5h', 'socks5'),
  );
  if (url === null || type === undefined || url.hostname === '')
    throw new OmniError('invalid_request', `${name} must be a proxy like http://host:8080 or socks5://host:1080.`, {
      path: name,
    });
  const standardPort = type === 'socks5' ? 1_080 : type === 'https' ? 443 : 80;
  return {
    type,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? standardPort : Number(url.port),
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: new Secret(decoded(url.password)) }),
  };
}

/** A percent sign that begins no encoded byte stands for itself, as other programs have it. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}
