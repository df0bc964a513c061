import { OmniError } from './errors.ts';

/**
 * Tells work that its client has gone. One is made for every request and nearly none is ever used, which is why it is not
 * an AbortController: that costs more than all else the gateway decides about a small request. Code that wants an
 * AbortSignal gets one on demand.
 */
export class Cancellation {
  #isCancelled = false;
  #reason: OmniError | undefined;
  #listeners: (() => void)[] = [];
  #controller: AbortController | undefined;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Why, when it was not the client that left. */
  get reason(): OmniError | undefined {
    return this.#reason;
  }

  /** What work ends with that is cancelled. */
  get error(): OmniError {
    return this.#reason ?? new OmniError('client_closed', 'The client closed the connection.');
  }

  cancel(reason?: OmniError): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#reason = reason;
    this.#controller?.abort(this.error);
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Calls `listener` once when cancelled, not when it already is. The result takes it back. */
  onCancel(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  /** Its reason is `error`. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isCancelled) this.#controller.abort(this.error);
    }
    return this.#controller.signal;
  }
}
