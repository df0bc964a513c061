/**
 * Logins that a vendor's own tool keeps on this machine. Each reader knows where its tool keeps them and in which shape;
 * nothing is taken over here: a person sees what was found first.
 */
import type { JsonObject } from '../../../base/json.ts';
import type { Secret } from '../../../base/secret.ts';
import type { LoginOptions } from '../flow.ts';

/** The machine as the readers see it. Paths they give are absolute. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ToolTokens {
  readonly accessToken?: Secret;
  readonly refreshToken?: Secret;
  readonly idToken?: Secret;
  /** Of the access token; absent where the tool does not say. */
  readonly expiresAtMs?: number;
  readonly scope?: string;
}

/** What a file held: as if the tool's own sign-in had just ended. */
export interface ToolLogin {
  readonly tokens: ToolTokens;
  /** An e-mail address or a login name. */
  readonly account?: string;
  readonly plan?: string;
  /** The flow's method by which it was signed in to, where that matters later. */
  readonly method?: string;
  readonly options?: LoginOptions;
  /** What the token's answer held beside the tokens, in snake_case. */
  readonly answer?: JsonObject;
  /** A client that the tool registered for itself. */
  readonly client?: { readonly id: string; readonly secret: Secret };
}

export interface ToolLoginReader {
  /** The provider's id. */
  readonly provider: string;
  /** The tool's name, for people. */
  readonly tool: string;
  /**
   * The tool renews its login by itself, and each renewal ends the token before it: two that renew the same login shut
   * each other out.
   */
  readonly rotates: boolean;
  /** Where the tool may keep it, the likeliest first. */
  paths(machine: Machine): readonly string[];
  /**
   * What the JSON holds; undefined where nobody is signed in. `beside` reads another JSON file, named relative to this
   * one; undefined when it is not there. Throws `invalid_request` when the shape is not the tool's.
   */
  read(json: JsonObject, beside: (name: string) => JsonObject | undefined): readonly ToolLogin[];
}
