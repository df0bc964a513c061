/** Signed in to, or by a key. */
export type AccountKind = 'oauth' | 'apikey';

/** How patient resilience is with a provider: one profile for sign-ins, one for API keys, overridden by provider (facts.md E.4). */
export interface ResilienceProfile {
  /** First rest after a failure of the provider's, in milliseconds; doubled by each further one. */
  readonly transientCooldown: number;
  /** First rest after a limit without a hint; 0: one second. */
  readonly rateLimitCooldown: number;
  /** How often a rest is doubled at most. */
  readonly maxBackoffLevel: number;
  /** Consecutive failures that open the breaker; 0: never. */
  readonly circuitBreakerThreshold: number;
  /** How long it stays open, in milliseconds. */
  readonly circuitBreakerReset: number;
}
