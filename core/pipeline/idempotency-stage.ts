/**
 * Duplicates share one answer. The first request with a key goes on; those that come while it is under way, or shortly
 * after its good end, get what it gets, streams included. Its upstream call ends when all of them have left.
 */
import { createHash } from 'node:crypto';
import { Cancellation } from '../base/cancellation.ts';
import { OmniError } from '../base/errors.ts';
import type { IdempotencyRegister } from '../policy/idempotency.ts';
import type { Exchange, Next, Reply, Stage } from './exchange.ts';
import { SharedBody } from './shared-body.ts';

const KEY_LENGTH_MAX = 300;

export type SharedRegister = IdempotencyRegister<SharedAnswer>;

/** What the duplicates of one request have in common. */
export class SharedAnswer {
  readonly cancellation = new Cancellation();
  readonly #reply = Promise.withResolvers<Reply>();
  #clients = 0;
  #body: SharedBody | undefined;

  constructor() {
    // Nobody may be waiting when it fails.
    this.#reply.promise.catch(() => undefined);
  }

  /** A client takes part until it leaves. */
  join(client: Cancellation): void {
    this.#clients += 1;
    const leave = (): void => {
      this.#clients -= 1;
      if (this.#clients === 0) this.cancellation.cancel(client.reason);
    };
    if (client.isCancelled) leave();
    else client.onCancel(leave);
  }

  /** False when all have left before its end, or it has grown too long to be given again from its beginning. */
  get isOpen(): boolean {
    return !this.cancellation.isCancelled && (this.#body?.isOpen ?? true);
  }

  succeed(reply: Reply): void {
    if (typeof reply.body !== 'string' && !Buffer.isBuffer(reply.body))
      this.#body = new SharedBody(reply.body, () => undefined);
    this.#reply.resolve(reply);
  }

  fail(error: unknown): void {
    this.#reply.reject(error);
  }

  /** The reply for one more client. Throws what the first request threw, or `client_closed`. */
  async replyFor({ cancellation }: Exchange): Promise<Reply> {
    const left = Promise.withResolvers<never>();
    const forget = cancellation.onCancel(() =>
      left.reject(cancellation.reason ?? new OmniError('client_closed', 'The client closed the connection.')),
    );
    try {
      const reply = await Promise.race([this.#reply.promise, left.promise]);
      return this.#body === undefined ? reply : { ...reply, body: this.#body.reader() };
    } finally {
      forget();
    }
  }
}

/** Shares the answers of requests with `Idempotency-Key` or `X-Request-Id`; others pass. */
export function idempotencyStage(register: SharedRegister): Stage {
  const share = async (name: string, exchange: Exchange, next: Next): Promise<Reply> => {
    const key = JSON.stringify([exchange.caller.apiKeyId ?? '', exchange.endpoint, name]);
    const fingerprint = fingerprintOf(exchange);
    const found = register.find(key, fingerprint);
    if (found?.isOpen === true) return follow(exchange, found);
    const shared = new SharedAnswer();
    register.begin(key, fingerprint, shared);
    shared.join(exchange.cancellation);
    exchange.ledger.whenClosed((outcome) => {
      if (outcome === 'ok') register.keep(key, shared);
      else register.forget(key, shared);
    });
    try {
      shared.succeed(await next({ ...exchange, cancellation: shared.cancellation }));
    } catch (error) {
      register.forget(key, shared);
      shared.fail(error);
      throw error;
    }
    return shared.replyFor(exchange);
  };
  return (exchange, next) => {
    const name = keyOf(exchange);
    return name === undefined ? next() : share(name, exchange, next);
  };
}

async function follow(exchange: Exchange, shared: SharedAnswer): Promise<Reply> {
  const { ledger, cancellation } = exchange;
  shared.join(cancellation);
  ledger.serve('duplicate');
  const reply = await shared.replyFor(exchange);
  const headers = { ...reply.headers, 'x-omniroute-idempotent': 'true' };
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
    await ledger.close('ok');
    return { ...reply, headers };
  }
  return { ...reply, headers, body: recorded(reply.body, exchange) };
}

async function* recorded(body: AsyncIterable<Buffer | string>, { ledger }: Exchange): AsyncGenerator<Buffer | string> {
  let isComplete = false;
  try {
    yield* body;
    isComplete = true;
  } finally {
    await ledger.close(isComplete ? 'ok' : 'cancelled');
  }
}

function keyOf({ headers }: Exchange): string | undefined {
  const key = headers['idempotency-key'] ?? headers['x-request-id'];
  return typeof key === 'string' && key !== '' ? key.slice(0, KEY_LENGTH_MAX) : undefined;
}

function fingerprintOf({ scan, model, stream }: Exchange): string {
  const hash = createHash('sha256').update(JSON.stringify([model, stream]));
  for (const piece of scan.pieces()) hash.update(piece);
  return hash.digest('base64');
}
