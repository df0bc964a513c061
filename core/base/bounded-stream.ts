/**
 * A queue between one who tells and one who reads, as an async iterator. It never waits for a slow reader: beyond its
 * limit all that is queued is dropped, and the reader is told how many. `return` ends it at once, also while `next` waits.
 */
export interface BoundedStreamParts<Missed> {
  /** Items held for the reader. */
  readonly limit: number;
  /** What the reader gets in place of so many dropped items. */
  onMissed(count: number): Missed;
  /** Called once, when either side ends it. */
  onEnd(): void;
}

export class BoundedStream<T, Missed = never> implements AsyncIterableIterator<T | Missed, undefined, void> {
  readonly #parts: BoundedStreamParts<Missed>;
  #queue: T[] = [];
  #missed = 0;
  #isEnded = false;
  #waiting: ((result: IteratorResult<T | Missed, undefined>) => void)[] = [];

  constructor(parts: BoundedStreamParts<Missed>) {
    this.#parts = parts;
  }

  push(item: T): void {
    if (this.#isEnded) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ done: false, value: item });
      return;
    }
    if (this.#queue.length >= this.#parts.limit) {
      this.#missed += this.#queue.length;
      this.#queue = [];
    }
    this.#queue.push(item);
  }

  /** No more items; what is queued can still be read. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
    this.#parts.onEnd();
  }

  next(): Promise<IteratorResult<T | Missed, undefined>> {
    if (this.#missed > 0) {
      const value = this.#parts.onMissed(this.#missed);
      this.#missed = 0;
      return Promise.resolve({ done: false, value });
    }
    const item = this.#queue.shift();
    if (item !== undefined) return Promise.resolve({ done: false, value: item });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T | Missed, undefined>> {
    this.#queue = [];
    this.#missed = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
