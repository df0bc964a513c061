/**
 * A flow: how one provider signs a person in, as data plus a few small functions for what its vendor does in a way of
 * its own. Everything else (state, PKCE, waiting, polling, storing, refreshing) is the same for all and stands in
 * `logins/` and `tokens/`. Sources of every figure: facts.md, section B.
 */
import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import type { Provider } from '../../providers/provider.ts';
import type { HttpSend } from '../http.ts';
import type { Granted, OAuthClient } from '../oauth/grants.ts';
import type { WireStyle } from '../oauth/wire.ts';

/** An account's tokens and what came with them. */
export interface TokenSet {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  readonly idToken?: Secret;
  /** Of what calls are made with; absent: it does not end by itself. */
  readonly expiresAtMs?: number;
  readonly scope?: string;
  /** Ids, plan, region: nothing secret. */
  readonly data: JsonObject;
  /** Keys and short-lived tokens that were exchanged for the access token, and secrets of a registered client. */
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** A finished login. */
export interface SignedIn {
  readonly tokens: TokenSet;
  readonly email?: string;
  readonly displayName?: string;
  /** Tells accounts with one e-mail address apart, where that can be: Codex's workspace. */
  readonly workspace?: string;
  /** The provider's own id of the person: the same at every sign-in, also where no e-mail address is told. */
  readonly identity?: string;
}

/** What a flow's functions work with. */
export interface FlowContext {
  readonly row: Provider;
  readonly client: OAuthClient;
  /** Goes through the network proxy in force for the provider and, when known, the connection. */
  readonly send: HttpSend;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What is being done, for the person who waits. */
  progress(sentence: string): void;
  pause(ms: number): Promise<void>;
}

/** What the person chose or typed, checked: `region`, `startUrl`, `projectId`. */
export type LoginOptions = Readonly<Record<string, string>>;

interface MethodBase {
  readonly id: string;
  /** On the button, after the provider's name where there are several. */
  readonly label: string;
  readonly style: WireStyle;
  /** What a person may or must choose before. */
  readonly options?: readonly MethodOption[];
}

export interface MethodOption {
  readonly name: string;
  readonly label: string;
  readonly isRequired: boolean;
  readonly default?: string;
  /** Checked before anything is sent. */
  readonly pattern: RegExp;
}

/** Where the vendor sends the browser afterwards. */
export type Redirect =
  /** To a listener of ours. `port` is the vendor's registration's; absent: any free one. */
  | { readonly to: 'loopback'; readonly path: string; readonly port?: number; readonly isPortFixed: boolean }
  /** To a page or scheme of the vendor's: the person copies the code or the URL from there. */
  | { readonly to: 'elsewhere'; readonly uri: string };

export interface CodeMethod extends MethodBase {
  readonly kind: 'code';
  readonly redirect: Redirect;
  readonly usesPkce: boolean;
  /** The page that the browser opens. */
  authorizeUrl(request: AuthorizeRequest, context: Pick<FlowContext, 'row' | 'client'>): URL;
  /** Trades the code for tokens. */
  exchange(answer: CodeAnswer, context: FlowContext): Promise<Granted>;
}

export interface AuthorizeRequest {
  readonly redirectUri: string;
  readonly state: string;
  /** S256; absent where the flow uses no PKCE. */
  readonly codeChallenge?: string;
  readonly options: LoginOptions;
}

export interface CodeAnswer {
  readonly code: string;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier?: string;
}

export interface DeviceMethod extends MethodBase {
  readonly kind: 'device';
  readonly usesPkce: boolean;
  /** What stands in the request for a code, beside the client. */
  deviceParameters(
    request: { readonly codeChallenge?: string; readonly options: LoginOptions },
    row: Provider,
  ): Readonly<Record<string, string>>;
  /** A client of this installation, where the vendor wants one registered first. */
  register?(options: LoginOptions, context: Omit<FlowContext, 'client'>): Promise<OAuthClient>;
  deviceUrl(row: Provider, options: LoginOptions): string;
  tokenUrl(row: Provider, options: LoginOptions): string;
}

export type LoginMethod = CodeMethod | DeviceMethod;

export interface Flow {
  readonly provider: string;
  /** The first is the one behind the plain button. */
  readonly methods: readonly [LoginMethod, ...LoginMethod[]];
  /** Tokens are refreshed so long before their end, but never in the first half of their life. */
  readonly refreshLeadMs: number;
  /** How the client's secret travels, where the vendor's installed app has one. */
  readonly secret?: { readonly auth: 'basic' | 'post'; readonly vendorTool: VendorTool };
  /** The vendor's error codes that mean: sign in again. `invalid_grant` always does. */
  readonly terminalCodes?: readonly string[];
  /** After the token: who is it, and what else do calls need? */
  complete(
    granted: Granted,
    login: { readonly method: string; readonly options: LoginOptions },
    context: FlowContext,
  ): Promise<SignedIn>;
  /** The tokens that come after these. Throws as `grantToken` does. */
  refresh(tokens: TokenSet, context: FlowContext): Promise<TokenSet>;
  /**
   * Asks the provider whether these tokens work, where neither `complete` nor a quota tells. Throws `upstream_*` when
   * they do not. For logins that were made elsewhere.
   */
  probe?(tokens: TokenSet, context: FlowContext): Promise<void>;
  /** What calls are made with; default: the access token. */
  key?(tokens: TokenSet): Secret | undefined;
}

/** A program of the vendor's in whose published files the secret of its installed app stands. */
export interface VendorTool {
  /** The command's name. */
  readonly command: string;
  /** The packages that hold the file, as below `node_modules`. */
  readonly files: readonly string[];
  readonly pattern: RegExp;
  /** For people. */
  readonly name: string;
}
