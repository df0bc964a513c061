/**
 * One sign-in from its start to its account or its failure. It lives in this process: a browser that is closed changes
 * nothing, and nothing of it is worth keeping over a restart. Each answer is taken once.
 */
import { OmniError, toOmniError } from '../../base/errors.ts';
import { compact } from '../../base/json.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ConnectionRecord } from '../../store/records.ts';
import type { Flow, FlowContext, LoginMethod, LoginOptions, SignedIn } from '../flows/flow.ts';
import type { Granted } from '../oauth/grants.ts';
import { failureSentence } from './messages.ts';

export type LoginState = 'waiting' | 'exchanging' | 'setting-up' | 'done' | 'failed' | 'cancelled' | 'expired';

/** What may be shown of a sign-in: no code, token or verifier. */
export interface LoginView {
  readonly sessionId: string;
  readonly provider: string;
  readonly method: string;
  readonly state: LoginState;
  /** A sentence that says what to do, or what was done. */
  readonly message?: string;
  /** What is being done at the moment. */
  readonly progress?: string;
  readonly connection?: ConnectionRecord;
  /** While it is not over. */
  readonly directions?: Directions;
  readonly expiresAtMs: number;
}

/** Where the person goes on: the page to open, and of a device code also what to type there. */
export interface Directions {
  readonly authUrl?: string;
  readonly userCode?: string;
  readonly verificationUri?: string;
  readonly verificationUriComplete?: string;
}

export interface SessionParts {
  readonly id: string;
  readonly row: Provider;
  readonly flow: Flow;
  readonly method: LoginMethod;
  readonly options: LoginOptions;
  readonly expiresAtMs: number;
  readonly context: Omit<FlowContext, 'signal' | 'progress'>;
  save(signedIn: SignedIn): ConnectionRecord;
  /** Told after each step. */
  changed(view: LoginView): void;
}

/** From the answer to the account: Gemini's project takes up to a minute by itself. */
const WORK_LIMIT_MS = 300_000;

export class LoginSession {
  readonly parts: SessionParts;
  readonly #ending = new AbortController();
  readonly #whenOver: (() => void)[] = [];
  #timer: NodeJS.Timeout;
  #view: LoginView;
  #work: Promise<void> | undefined;
  /** The message of before it was hindered. */
  #unhindered: string | undefined;

  constructor(parts: SessionParts) {
    this.parts = parts;
    const { id, row, method, expiresAtMs } = parts;
    this.#view = { sessionId: id, provider: row.id, method: method.id, state: 'waiting', expiresAtMs };
    this.#timer = this.#endAfter(Math.max(0, expiresAtMs - parts.context.clock.nowMs()));
  }

  get view(): LoginView {
    return this.#view;
  }
  get isOver(): boolean {
    return ['done', 'failed', 'cancelled', 'expired'].includes(this.#view.state);
  }

  /** What flows work with while this sign-in lasts. */
  get context(): FlowContext {
    return {
      ...this.parts.context,
      signal: this.#ending.signal,
      progress: (progress) => this.#step({ progress }),
    };
  }

  /** From now on it may take so long. */
  limit(leftMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#endAfter(leftMs);
    this.#view = { ...this.#view, expiresAtMs: this.parts.context.clock.nowMs() + leftMs };
  }

  /** Called when the sign-in is over, at once if it is. */
  whenOver(end: () => void): void {
    if (this.isOver) end();
    else this.#whenOver.push(end);
  }

  /** For whoever looks at it, also from another window than the one that it was started in. */
  direct(directions: Directions): void {
    if (!this.isOver) this.#view = { ...this.#view, directions };
  }

  /** Something to know while it waits. */
  note(message: string): void {
    if (this.#view.state === 'waiting') this.#step({ message });
  }

  /** What hinders it at the moment, told in place of all else; undefined when that is over. */
  hinder(sentence: string | undefined): void {
    const { message, progress, ...view } = this.#view;
    if (view.state !== 'waiting' || sentence === progress) return;
    this.#unhindered ??= message;
    this.#view = view;
    this.#step(compact({ message: sentence ?? this.#unhindered, progress: sentence }));
  }

  /**
   * Goes on with a grant, to the account. Settles when the sign-in is over; its outcome is in the view. Throws `conflict`
   * when it went on already.
   */
  async proceed(grant: () => Promise<Granted>): Promise<void> {
    if (this.#view.state !== 'waiting') throw new OmniError('conflict', this.#usedUp());
    // The answer works once: what goes on with it is not cut short because the person took long.
    this.limit(WORK_LIMIT_MS);
    this.#work = this.#run(grant);
    await this.#work;
  }

  /** The sign-in's own end, for one that is asked while it goes on. */
  async settled(limitMs: number): Promise<void> {
    if (this.#work === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([this.#work, limit]);
    clearTimeout(timer);
  }

  fail(error: unknown): void {
    const failure = toOmniError(error);
    const isExpired = failure.upstreamCode === 'expired_token';
    this.#end({ state: isExpired ? 'expired' : 'failed', message: failureSentence(failure, this.parts.row.name) });
  }

  cancel(message = 'The sign-in was cancelled.'): void {
    this.#end({ state: 'cancelled', message });
  }

  async #run(grant: () => Promise<Granted>): Promise<void> {
    const { flow, method, options, save } = this.parts;
    try {
      this.#step({ state: 'exchanging' });
      const granted = await grant();
      this.#step({ state: 'setting-up' });
      const signedIn = await flow.complete(granted, { method: method.id, options }, this.context);
      if (this.isOver) return;
      const connection = save(signedIn);
      this.#end({ state: 'done', connection, message: `Signed in: ${connection.name}.` });
    } catch (error) {
      this.fail(error);
    }
  }

  #endAfter(leftMs: number): NodeJS.Timeout {
    const message = 'The sign-in took too long and was ended. Start it again.';
    return setTimeout(() => this.#end({ state: 'expired', message }), leftMs).unref();
  }

  #usedUp(): string {
    return this.isOver
      ? `This sign-in is over${this.#view.message === undefined ? '' : ` (${this.#view.message})`} Start a new one.`
      : 'This sign-in has its answer already and is going on. It takes none twice.';
  }

  #end(last: Pick<LoginView, 'state' | 'message' | 'connection'>): void {
    if (this.isOver) return;
    clearTimeout(this.#timer);
    const { progress: _over, directions: _followed, ...view } = this.#view;
    this.#view = view;
    this.#step(last);
    this.#ending.abort();
    for (const end of this.#whenOver.splice(0)) end();
  }

  #step(change: Partial<LoginView>): void {
    if (this.isOver) return;
    this.#view = { ...this.#view, ...change };
    this.parts.changed(this.#view);
  }
}
