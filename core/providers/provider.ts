/**
 * A provider is a row of data: where it is, which formats it speaks, how a key travels, which models it has. A custom
 * node becomes the same shape (`node-provider.ts`), so nothing downstream tells them apart. Every URL is a named host
 * (an origin with an optional path prefix) plus a path; `DATA_DIR/providers.json` may replace hosts, headers and models.
 */
import type { Frame } from '../base/framing.ts';
import type { JsonObject } from '../base/json.ts';
import type { UpstreamFormatId } from '../model/format-id.ts';
import type { LossFeature } from '../model/loss.ts';
import type { AccountCall, OwnClient, Refusal } from './account-call.ts';
import type { ModelInfo } from './catalog/model-info.ts';
import type { QuotaSource } from './quota.ts';

export type Tier = 'subscription' | 'api-key' | 'cheap' | 'free' | 'audio' | 'local' | 'own';

export interface Provider {
  readonly id: string;
  /** The short prefix of the model names: `ds` in `ds/deepseek-chat`. The id works as a prefix too. */
  readonly alias: string;
  readonly name: string;
  readonly tier: Tier;
  readonly hosts: Hosts;
  /** In order of preference; the client's own format is preferred over that order. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** `optional`: works without a key (local servers). */
  readonly key: 'required' | 'optional';
  /** Where the vendor lists its models, and in which shape; absent: only the catalog is known. */
  readonly modelList?: ModelList;
  /** OpenAI-shaped embeddings, where offered. */
  readonly embeddings?: { readonly path: string };
  /** Names other than the alias and the id under which the catalog's data set knows this provider. */
  readonly catalogId?: string;
  /** Model ids that this row adds to or corrects in the catalog. */
  readonly models?: readonly ModelInfo[];
  readonly quirks?: readonly Quirk[];
  /** What may stand behind a model's id and says how it is to answer: `-high`. The model is the same. */
  readonly modelSuffixes?: readonly string[];
  /** Where a person gets a key. */
  readonly keyUrl?: string;
  /** It answers 400 where more tokens are asked for than the model writes, and the catalog has the vendor's own figures. */
  readonly refusesLongAnswers?: boolean;
  /** True for a custom node of the user's. */
  readonly custom?: boolean;
  /** What a person should know before using it: how it connects, that its vendor ended it. */
  readonly note?: string;
  /** What a person is told before signing in: whose terms apply, and what they say of clients like this one. */
  readonly terms?: Terms;
  /** What a login changes in the calls, beyond this row. */
  readonly accountCall?: AccountCall;
  /** The vendor's own client, whose headers pass through. */
  readonly ownClient?: OwnClient;
  /** Where it tells what an account may still use. */
  readonly quota?: QuotaSource;
  /** What the vendor says when it refuses, and what a person can do about it. */
  readonly refusals?: readonly Refusal[];
  /** The sign-in's public figures (client id, scopes), which `providers.json` may replace. */
  readonly oauth?: Readonly<Record<string, string>>;
}

export interface Terms {
  /** One or two sentences for people. */
  readonly sentence: string;
  /** The terms themselves, or the vendor's own words on them. */
  readonly url: string;
}

/** `{region}` in a host is filled in from the account's data. */
export interface Hosts {
  readonly api: string;
  readonly account?: string;
  readonly authorize?: string;
  readonly token?: string;
  readonly device?: string;
}

export interface Endpoint {
  readonly format: UpstreamFormatId;
  /** Appended to `hosts.api`. `{model}` and `{action}` are filled in (Gemini): `/v1beta/models/{model}:{action}`. */
  readonly path: string;
  readonly auth: AuthHeader;
  /** How an API key travels where it is not the way of a login's token. */
  readonly keyAuth?: AuthHeader;
  /** Headers the protocol demands. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Globs of the model ids served here; absent: all. */
  readonly models?: readonly string[];
  /** Globs of the model ids NOT served here, though `models` names them; see `endpointServes`. */
  readonly exceptModels?: readonly string[];
  /** The vendor keeps answers for later unless a request says otherwise (Responses `store`). */
  readonly keepsAnswers?: boolean;
  /** It streams whatever is asked for: an answer that is not to be streamed is gathered from the stream. */
  readonly alwaysStreams?: boolean;
  /** Images and files must come inline, though the format itself could name a URL. */
  readonly inlineMedia?: boolean;
  /** Which refusal means that the model is served at the provider's endpoint of another format. */
  readonly elsewhere?: { readonly says: RegExp; readonly format: UpstreamFormatId };
  /** Where conversations are compacted, when this endpoint has such a call (Responses). */
  readonly compactPath?: string;
  /** Where tokens are counted, when this endpoint has such a call; same placeholders. */
  readonly countTokensPath?: string;
}

/** How a key travels: `{ header: 'authorization', prefix: 'Bearer ' }`. Header names are lower case. */
export interface AuthHeader {
  readonly header: string;
  readonly prefix?: string;
}

export interface ModelList {
  readonly path: string;
  readonly shape: 'openai' | 'anthropic' | 'gemini' | 'ollama';
}

/** A named deviation of one vendor. Small; `why` links to the vendor's own words. */
export interface Quirk {
  readonly name: string;
  readonly why: string;
  /** Which endpoint formats it applies to; absent: all. */
  readonly formats?: readonly UpstreamFormatId[];
  /** Globs of model ids it applies to; absent: all. */
  readonly models?: readonly string[];
  /** Which accounts it applies to, told by their data; absent: all. */
  accounts?(data: JsonObject): boolean;
  /** It changes only bodies with one of these top-level members; absent: any. Spares the others from being parsed. */
  readonly needs?: readonly string[];
  /** It changes only bodies in whose JSON one of these texts stands, like `"developer"`; plain ASCII. Absent: any. */
  readonly needsText?: readonly string[];
  /** Top-level members that it may leave out, as the losses that this is to the client. */
  readonly loses?: Readonly<Record<string, LossFeature>>;
  /** Changes an outgoing body; must return the same object when nothing is to change. */
  request?(body: JsonObject): JsonObject;
  /** Changes an incoming frame, or drops it with null. */
  frame?(frame: Frame): Frame | null;
}
