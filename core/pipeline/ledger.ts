/**
 * The account of one request: route, tokens, cost, outcome. Whichever way the request ends, `close` writes exactly one
 * row, and its promise settles when the row is durable; the last bytes of an answer are sent after that.
 */
import type { Clock } from '../base/clock.ts';
import { type ErrorCode, type OmniError, toOmniError } from '../base/errors.ts';
import type { JsonScan } from '../base/json-scan.ts';
import type { Log } from '../base/log.ts';
import type { FormatId } from '../model/format-id.ts';
import type { Loss } from '../model/loss.ts';
import type { Usage } from '../model/usage.ts';
import { bill } from '../providers/cost.ts';
import type { Target } from '../routing/plan.ts';
import type { AttemptRecord, UsageRecord } from '../store/records.ts';
import type { ActiveRequest } from './active-requests.ts';
import { PhaseMarks, type Spans } from './phases.ts';
import { textLength } from './text-length.ts';

export interface LedgerPorts {
  readonly clock: Clock;
  readonly log: Log;
  append(record: UsageRecord): Promise<void>;
  /** Told of each request; absent where nobody watches. */
  readonly watch?: RequestWatch;
}

/** Who looks at requests on their way. Called on the request's path: what it does is small, and never throws. */
export interface RequestWatch {
  /** Its model is known, and its stages run. */
  began(ledger: Ledger): void;
  /** An attempt begins. */
  routed(ledger: Ledger): void;
  /** Its row is written, or could not be. Also for requests that never began. */
  ended(ledger: Ledger, record: UsageRecord): void;
}

export interface LedgerOpening {
  readonly id: string;
  readonly endpoint: string;
  readonly clientFormat: FormatId | 'other';
  readonly caller: { readonly apiKeyId?: string; readonly apiKeyName?: string };
  /** The client program, from its User-Agent. */
  readonly client?: string;
  /** The conversation as the client names it. */
  readonly session?: string;
}

/** How a request ended, for those who wait for it. */
export type Closing = (outcome: UsageRecord['outcome'], error: OmniError | undefined) => void;

/** Tokens in a text of this many characters, where nobody counted: four characters a token. */
const CHARACTERS_PER_TOKEN = 4;

const MESSAGE_LENGTH = 300;

export class Ledger {
  requestedModel = '';
  stream = false;
  comboName: string | undefined;
  readonly #ports: LedgerPorts;
  readonly #opening: LedgerOpening;
  readonly #startedAtMs: number;
  #target: Target | undefined;
  #losses = new Set<string>();
  #usage: Usage | undefined;
  #firstContentMs: number | undefined;
  #closed: { readonly outcome: UsageRecord['outcome']; readonly error: OmniError | undefined } | undefined;
  #closings: Closing[] = [];
  #servedFrom: UsageRecord['servedFrom'];
  /** The attempts that are over. */
  readonly #trail: AttemptRecord[] = [];
  /** The attempt under way. */
  #attempt:
    | { readonly target: Target; readonly startedAfterMs: number; readonly proxy: string | undefined }
    | undefined;
  #proxy: string | undefined;
  #attempts = 0;
  readonly #marks = new PhaseMarks();

  constructor(ports: LedgerPorts, opening: LedgerOpening) {
    this.#ports = ports;
    this.#opening = opening;
    this.#startedAtMs = ports.clock.nowMs();
  }

  /** Its model is known: from now on it counts as under way. */
  begin({ model, stream }: { readonly model: string; readonly stream: boolean }): void {
    this.requestedModel = model;
    this.stream = stream;
    this.#marks.begin();
    this.#ports.watch?.began(this);
  }
  /** The policies let it through: now it looks for a target. */
  walk(comboName: string | undefined): void {
    this.comboName = comboName;
    this.#marks.walk();
  }
  /** The headers of the attempt's answer are there. */
  heard(): void {
    this.#marks.hear();
  }
  /** Where its time went so far. */
  spans(): Spans {
    return this.#marks.spans();
  }
  /** How the request stands now. */
  view(): ActiveRequest {
    const { id, endpoint, client, caller } = this.#opening;
    const target = this.#attempt?.target;
    return {
      ...{ id, endpoint, startedAtMs: this.#startedAtMs, requestedModel: this.requestedModel, stream: this.stream },
      attempts: this.#attempts,
      isAnswering: this.#firstContentMs !== undefined,
      ...(target && placeOf(target)),
      ...(client !== undefined && { client }),
      ...namesOf(caller),
    };
  }
  get session(): string | undefined {
    return this.#opening.session;
  }
  /** Targets that were called. */
  get attempts(): number {
    return this.#attempts;
  }
  /** An attempt begins; what an earlier one left behind (losses, usage) is forgotten. */
  attempt(target: Target, proxy?: string): void {
    this.#attempts += 1;
    this.#attempt = { target, startedAfterMs: this.#elapsedMs(), proxy };
    this.#proxy = proxy;
    this.#target = target;
    this.#losses = new Set();
    this.#usage = undefined;
    this.#marks.send();
    this.#ports.watch?.routed(this);
  }
  /** The attempt under way failed. */
  failed(error: OmniError): void {
    this.#endAttempt(error.code === 'client_closed' ? 'cancelled' : 'error', error);
  }
  /** A target was passed over, and why. */
  skipped(target: Target, code: ErrorCode): void {
    const startedAfterMs = this.#elapsedMs();
    this.#trail.push({ ...placeOf(target), startedAfterMs, durationMs: 0, outcome: 'skipped', errorCode: code });
  }
  /** No upstream answers this request. */
  serve(from: NonNullable<UsageRecord['servedFrom']>): void {
    this.#servedFrom = from;
    this.#usage = { inputTokens: 0, outputTokens: 0 };
  }
  /** Called once, when the account is closed; at once when it is already. */
  whenClosed(closing: Closing): void {
    if (this.#closed === undefined) this.#closings.push(closing);
    else closing(this.#closed.outcome, this.#closed.error);
  }
  lose(losses: readonly Loss[]): void {
    for (const { feature } of losses) this.#losses.add(feature);
  }
  /** The first piece of the answer is there. */
  firstContent(): void {
    this.#firstContentMs ??= this.#elapsedMs();
    this.#marks.content();
  }
  /** What the upstream counted; later counts replace earlier ones. */
  use(usage: Usage | undefined): void {
    if (usage !== undefined) this.#usage = usage;
  }
  /** What was used as far as can be told from the request and the answer's length, where the upstream counted nothing. */
  estimate(request: Pick<JsonScan, 'pieces'>, outputCharacters: number): void {
    this.#usage ??= {
      inputTokens: Math.ceil(textLength(request.pieces()) / CHARACTERS_PER_TOKEN),
      outputTokens: Math.ceil(outputCharacters / CHARACTERS_PER_TOKEN),
      estimated: true,
    };
  }
  /** The same of an answer that broke off when the upstream had counted its input alone. */
  estimateRest(outputCharacters: number): void {
    const outputTokens = Math.ceil(outputCharacters / CHARACTERS_PER_TOKEN);
    if (this.#usage !== undefined && this.#usage.outputTokens < outputTokens)
      this.#usage = { ...this.#usage, outputTokens, estimated: true };
  }

  /** Ends the account of a request that failed before its answer began. */
  fail(thrown: unknown): Promise<void> {
    const failure = toOmniError(thrown);
    return this.close(failure.code === 'client_closed' ? 'cancelled' : 'error', failure);
  }
  /** Ends the account; further calls do nothing. A row that cannot be written is logged, the answer still goes out. */
  async close(outcome: UsageRecord['outcome'], error?: OmniError): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = { outcome, error };
    this.#marks.close();
    if (this.#attempt !== undefined) this.#endAttempt(outcome === 'ok' ? 'ok' : endOf(outcome), error);
    for (const closing of this.#closings.splice(0)) closing(outcome, error);
    // Before the answer began the edge logs it; afterwards the client's stream is all that is left to tell.
    if (outcome === 'cut' && error?.code === 'internal')
      this.#ports.log.error('A stream failed.', { request: this.#opening.id }, error.cause ?? error);
    const record = this.#record(outcome, error);
    try {
      await this.#ports.append(record);
    } catch (cause) {
      this.#ports.log.error('A request could not be recorded.', { request: this.#opening.id }, cause);
    }
    this.#ports.watch?.ended(this, record);
  }

  /** Not below zero, also when the clock was set back meanwhile. */
  #elapsedMs(): number {
    return Math.max(0, this.#ports.clock.nowMs() - this.#startedAtMs);
  }

  #endAttempt(outcome: AttemptRecord['outcome'], error: OmniError | undefined): void {
    if (this.#attempt === undefined) return;
    const { target, startedAfterMs, proxy } = this.#attempt;
    this.#attempt = undefined;
    this.#trail.push({
      ...placeOf(target),
      startedAfterMs,
      durationMs: Math.max(0, this.#elapsedMs() - startedAfterMs),
      outcome,
      ...(proxy !== undefined && { proxy }),
      ...(error && { errorCode: error.code, message: error.message.slice(0, MESSAGE_LENGTH) }),
    });
  }

  #record(outcome: UsageRecord['outcome'], error: OmniError | undefined): UsageRecord {
    const target = this.#target;
    const usage = this.#usage;
    const billed = target && usage ? bill(usage, target.info?.price, target.provider) : undefined;
    const [first] = this.#trail;
    const isPlain = this.#trail.length === 0 || (this.#trail.length === 1 && first?.outcome === 'ok');
    return {
      id: this.#opening.id,
      startedAtMs: this.#startedAtMs,
      durationMs: this.#elapsedMs(),
      ...(this.#firstContentMs !== undefined && { firstContentMs: this.#firstContentMs }),
      requestedModel: this.requestedModel,
      provider: target?.provider.id ?? '',
      model: target?.model ?? '',
      ...(target?.account && { connectionId: target.account.id }),
      ...(this.comboName !== undefined && { comboName: this.comboName }),
      ...namesOf(this.#opening.caller),
      endpoint: this.#opening.endpoint,
      clientFormat: this.#opening.clientFormat,
      ...(target && { targetFormat: target.endpoint.format }),
      stream: this.stream,
      attempts: this.#attempts,
      status: outcome === 'cancelled' ? 499 : (error?.status ?? 200),
      outcome,
      ...(error && { errorCode: error.code }),
      tokensInput: usage?.inputTokens ?? 0,
      tokensOutput: usage?.outputTokens ?? 0,
      tokensCacheRead: usage?.cachedInputTokens ?? 0,
      tokensCacheCreation: usage?.cacheWriteTokens ?? 0,
      tokensReasoning: usage?.reasoningTokens ?? 0,
      isEstimated: usage?.estimated ?? false,
      costUsd: this.#servedFrom === undefined ? (billed?.costUsd ?? null) : 0,
      ...(billed?.savedUsd !== undefined && { savedUsd: billed.savedUsd }),
      losses: [...this.#losses],
      ...(this.#servedFrom && { servedFrom: this.#servedFrom }),
      ...(this.#opening.client !== undefined && { client: this.#opening.client }),
      ...(!isPlain && { attemptLog: this.#trail }),
      ...(this.#proxy !== undefined && { proxy: this.#proxy }),
      ...(error && { errorMessage: error.message.slice(0, MESSAGE_LENGTH) }),
    };
  }
}

function placeOf({ provider, model, account }: Target): Pick<AttemptRecord, 'provider' | 'model' | 'connectionId'> {
  return { provider: provider.id, model, ...(account && { connectionId: account.id }) };
}

function namesOf({ apiKeyId, apiKeyName }: LedgerOpening['caller']): LedgerOpening['caller'] {
  return { ...(apiKeyId !== undefined && { apiKeyId }), ...(apiKeyName !== undefined && { apiKeyName }) };
}

function endOf(outcome: 'error' | 'cancelled' | 'cut'): AttemptRecord['outcome'] {
  return outcome === 'cancelled' ? 'cancelled' : 'error';
}
