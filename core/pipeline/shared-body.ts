/**
 * One streamed body for several readers, each at its own pace, the late ones from the beginning. What all have read is
 * kept, since a later reader may come, up to a bound: beyond it nobody may join any more, and the source waits for the
 * slowest reader.
 */
type Chunk = Buffer | string;

/** Bytes kept for readers who come later. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** Beyond that, so far the fastest reader may be ahead of the slowest. */
const AHEAD_BYTES = 1024 * 1024;

interface Reader {
  /** Chunks taken, counted from the beginning. */
  at: number;
  wake: (() => void) | undefined;
}

export class SharedBody {
  readonly #source: AsyncIterator<Chunk>;
  readonly #onEnd: (isComplete: boolean) => void;
  readonly #readers = new Set<Reader>();
  /** Chunks from `#first` on. */
  #chunks: Chunk[] = [];
  #first = 0;
  #keptBytes = 0;
  #isOver = false;
  #failure: unknown;
  #isPulling = false;

  /** `onEnd` is told once: whether the source came to its end, or all readers left before. */
  constructor(source: AsyncIterable<Chunk>, onEnd: (isComplete: boolean) => void) {
    this.#source = source[Symbol.asyncIterator]();
    this.#onEnd = onEnd;
  }

  /** May another reader still get all of it? */
  get isOpen(): boolean {
    return this.#first === 0 && this.#keptBytes <= KEPT_BYTES && this.#failure === undefined;
  }

  /** All chunks from the first on. A reader that leaves early lets the others go on. */
  reader(): AsyncGenerator<Chunk> {
    const reader: Reader = { at: 0, wake: undefined };
    this.#readers.add(reader);
    return this.#read(reader);
  }

  async *#read(reader: Reader): AsyncGenerator<Chunk> {
    try {
      for (;;) {
        const chunk = this.#chunks[reader.at - this.#first];
        if (chunk !== undefined) {
          reader.at += 1;
          this.#drop();
          yield chunk;
        } else if (this.#isOver) {
          if (this.#failure !== undefined) throw this.#failure;
          return;
        } else {
          void this.#pull();
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
          reader.wake = undefined;
        }
      }
    } finally {
      this.#readers.delete(reader);
      if (this.#readers.size === 0 && !this.#isOver) await this.#leave();
      else this.#drop();
    }
  }

  /** Takes the next chunk of the source, once however many ask. */
  async #pull(): Promise<void> {
    if (this.#isPulling || this.#isOver || this.#isTooFarAhead()) return;
    this.#isPulling = true;
    try {
      const { done, value } = await this.#source.next();
      if (done) this.#end(true);
      else {
        this.#chunks.push(value);
        this.#keptBytes += value.length;
      }
    } catch (error) {
      this.#failure = error;
      this.#end(false);
    }
    this.#isPulling = false;
    this.#wakeAll();
  }

  #end(isComplete: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd(isComplete);
  }

  async #leave(): Promise<void> {
    this.#end(false);
    await this.#source.return?.();
  }

  #isTooFarAhead(): boolean {
    if (this.#keptBytes <= KEPT_BYTES + AHEAD_BYTES) return false;
    return [...this.#readers].some(({ at }) => at === this.#first);
  }

  /** Beyond the bound, what every reader has taken goes. */
  #drop(): void {
    if (this.#keptBytes <= KEPT_BYTES) return;
    const slowest = Math.min(...[...this.#readers].map(({ at }) => at));
    while (this.#first < slowest && this.#keptBytes > KEPT_BYTES) {
      this.#keptBytes -= this.#chunks.shift()?.length ?? 0;
      this.#first += 1;
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const { wake } of this.#readers) wake?.();
  }
}
