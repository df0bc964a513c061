/** What an upstream says about its limits, in headers or in an error's body (facts.md E.3). `upstream/limits.ts` reads it. */
export interface LimitReport {
  /** How long it asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly requests?: LimitWindow;
  readonly tokens?: LimitWindow;
  /** The provider asks to slow down without refusing (Fireworks' `x-ratelimit-over-limit`). */
  readonly isOverLimit?: boolean;
}

export interface LimitWindow {
  readonly limit?: number;
  readonly remaining?: number;
  /** Until the window begins anew, in milliseconds from now. */
  readonly resetAfterMs?: number;
}
