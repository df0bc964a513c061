/** A secret in memory. It prints, serialises and inspects as `[secret]`; only `reveal()` gives it out. */
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [inspect](): string {
    return '[secret]';
  }
}
