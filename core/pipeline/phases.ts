/**
 * Where the time of a request goes: seven marks on its way, taken from a clock that nobody sets, and the spans between
 * them. What a request never came to has no span.
 */
export const PHASES = [
  'parse',
  'policy',
  'resolve',
  'failover',
  'connect',
  'firstContent',
  'stream',
  'finalize',
] as const;

/**
 * `parse`: reading the body; `policy`: keys, budgets, caches, prompts; `resolve`: the plan, and waiting for a turn;
 * `failover`: attempts that failed; `connect`: until the headers of the answer; `firstContent`: from there to the first
 * content; `stream`: to the end; `finalize`: until it is recorded.
 */
export type Phase = (typeof PHASES)[number];

/** Milliseconds, with fractions. */
export type Spans = Readonly<Partial<Record<Phase, number>>>;

export class PhaseMarks {
  readonly #openedMs = performance.now();
  #begunMs: number | undefined;
  #walkedMs: number | undefined;
  #firstSentMs: number | undefined;
  #sentMs: number | undefined;
  #heardMs: number | undefined;
  #contentMs: number | undefined;
  #closedMs: number | undefined;

  /** The body is read. */
  begin(): void {
    this.#begunMs = performance.now();
  }
  /** The policies let it through. */
  walk(): void {
    this.#walkedMs = performance.now();
  }
  /** An attempt begins. */
  send(): void {
    this.#sentMs = performance.now();
    this.#firstSentMs ??= this.#sentMs;
    this.#heardMs = undefined;
  }
  /** The headers of the attempt's answer are there. */
  hear(): void {
    this.#heardMs = performance.now();
  }
  content(): void {
    this.#contentMs ??= performance.now();
  }
  close(): void {
    this.#closedMs ??= performance.now();
  }
  spans(): Spans {
    const out: Partial<Record<Phase, number>> = {};
    const span = (phase: Phase, fromMs: number | undefined, toMs: number | undefined): void => {
      if (fromMs !== undefined && toMs !== undefined) out[phase] = Math.max(0, toMs - fromMs);
    };
    span('parse', this.#openedMs, this.#begunMs);
    span('policy', this.#begunMs, this.#walkedMs);
    span('resolve', this.#walkedMs, this.#firstSentMs);
    if (this.#sentMs !== this.#firstSentMs) span('failover', this.#firstSentMs, this.#sentMs);
    span('connect', this.#sentMs, this.#heardMs);
    span('firstContent', this.#heardMs, this.#contentMs);
    span('stream', this.#contentMs, this.#closedMs);
    span('finalize', this.#closedMs, performance.now());
    return out;
  }
}
