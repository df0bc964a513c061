/**
 * The walk of a request, in order. Each stage may answer or call the next; `record` is outermost, so that whatever
 * happens inside, one row is written.
 */
import { ERRORS, OmniError, toOmniError } from '../base/errors.ts';
import type { Target } from '../routing/plan.ts';
import { type Route, resolve } from '../routing/resolve.ts';
import { compose, type Exchange, type Reply, type Stage } from './exchange.ts';
import type { LanePorts } from './lane.ts';
import { hubLane } from './lane-hub.ts';
import { canPass, passLane } from './lane-pass.ts';

/** At most this many targets are tried for one request. */
const ATTEMPT_LIMIT = 20;
/** No new attempt begins after this time. */
const ATTEMPTS_TIME_MS = 300_000;

/** The pipeline for generating, ready to run. */
export function generatePipeline(ports: LanePorts): (exchange: Exchange) => Promise<Reply> {
  return compose([record, permit, attempt(ports)]);
}

/** Writes the row of a request that ended in an error before its answer began. */
export const record: Stage = async (exchange, next) => {
  const { ledger } = exchange;
  ledger.requestedModel = exchange.model;
  ledger.stream = exchange.stream;
  try {
    return await next();
  } catch (error) {
    await ledger.fail(error);
    throw error;
  }
};

/** Is the caller's key allowed this model? */
export const permit: Stage = (exchange, next) => {
  requirePermission(exchange);
  return next();
};

/** Throws `permission_denied` when the caller's key may not use the model asked for. */
export function requirePermission({ caller, model }: Exchange): void {
  if (caller.allows(model)) return;
  throw new OmniError('permission_denied', `This API key may not use the model "${model}".`, { path: 'model' });
}

/** Tries the route's targets in order until one answers. */
function attempt(ports: LanePorts): Stage {
  return async (exchange) => {
    const route = resolve(exchange.model, exchange.format, exchange.snapshot);
    exchange.ledger.comboName = route.comboName;
    return tryTargets(exchange, route, (target) =>
      canPass(exchange, target) ? passLane(exchange, target, ports) : hubLane(exchange, target, ports),
    );
  };
}

/**
 * Runs `work` on one target after the other. An error whose row says `retry` moves on, all others end the walk. When
 * nothing is left, the last error is thrown, named by its provider, with the shortest wait any of them asked for.
 */
export async function tryTargets(
  exchange: Exchange,
  route: Route,
  work: (target: Target) => Promise<Reply>,
): Promise<Reply> {
  const deadlineMs = Date.now() + ATTEMPTS_TIME_MS;
  const waitsMs: number[] = [];
  let failed: { readonly target: Target; readonly error: OmniError } | undefined;
  for (const target of route.targets.slice(0, ATTEMPT_LIMIT)) {
    if (failed !== undefined && Date.now() > deadlineMs) break;
    exchange.ledger.attempt(target);
    try {
      return await work(target);
    } catch (thrown) {
      const error = toOmniError(thrown);
      if (!ERRORS[error.code].retry) throw withNote(error, target);
      if (error.retryAfterMs !== undefined) waitsMs.push(error.retryAfterMs);
      failed = { target, error };
    }
  }
  throw exhausted(route, failed, waitsMs);
}

function exhausted(
  route: Route,
  failed: { target: Target; error: OmniError } | undefined,
  waitsMs: readonly number[],
): OmniError {
  if (failed === undefined) return new OmniError('no_connection', 'No target was left to try.');
  const { target, error } = failed;
  const { status, upstreamCode } = error;
  const tried =
    route.targets.length > 1 ? ` All ${route.targets.length} targets failed; this is the last one's answer.` : '';
  return new OmniError(
    error.code,
    `[${target.provider.alias}/${target.model}] ${error.message}${noteOn(target)}${tried}`,
    {
      status,
      ...(upstreamCode !== undefined && { upstreamCode }),
      ...(waitsMs.length > 0 && { retryAfterMs: Math.min(...waitsMs) }),
      cause: error,
    },
  );
}

/** An upstream's refusal with what is known of the model: many answer a retired one with a plain 400. */
function withNote(error: OmniError, target: Target): OmniError {
  if (target.note === undefined || !error.code.startsWith('upstream_')) return error;
  const { code, message, status, upstreamCode } = error;
  return new OmniError(code, message + noteOn(target), {
    status,
    ...(upstreamCode !== undefined && { upstreamCode }),
    cause: error,
  });
}

function noteOn({ note }: Target): string {
  return note === undefined ? '' : ` (${note})`;
}
