/**
 * Times counted in buckets that grow by a factor, so that a percentile of any number of them is known from a few hundred
 * counters: whatever is between 0.1 ms and three hours is told with an error of at most 4.5 %.
 */
const SMALLEST_MS = 0.1;
/** Eight buckets each time the value doubles. */
const PER_DOUBLING = 8;
const BUCKETS = 216;

/** A percentile is the middle of its bucket: so far, in relation, can the true value be. */
export const RELATIVE_ERROR = 2 ** (1 / (2 * PER_DOUBLING)) - 1;

export interface Percentiles {
  readonly count: number;
  /** Milliseconds; 0 when nothing was counted. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;

  get count(): number {
    return this.#count;
  }
  add(valueMs: number): void {
    const at = Math.floor(Math.log2(Math.max(valueMs, SMALLEST_MS) / SMALLEST_MS) * PER_DOUBLING);
    const bucket = Math.min(at, BUCKETS - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
  }
  merge(other: Histogram): void {
    other.#counts.forEach((count, bucket) => {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    });
    this.#count += other.#count;
  }
  /** The value that this part (0 to 1) of all does not exceed; 0 when nothing was counted. */
  quantile(part: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
    return SMALLEST_MS * 2 ** ((bucket + 0.5) / PER_DOUBLING);
  }
  percentiles(): Percentiles {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => Math.round(this.quantile(part) * 10) / 10);
    return { count: this.#count, p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 };
  }
}
