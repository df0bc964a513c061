/**
 * The walk of a request, in order. Each stage may answer or call the next; `record` is outermost, so that whatever
 * happens inside, one row is written.
 */
import { OmniError } from '../base/errors.ts';
import type { AnswerCache } from '../policy/answer-cache.ts';
import type { BodyKeeper } from '../policy/body-keeper.ts';
import type { Budgets } from '../policy/budgets.ts';
import { resolve } from '../routing/resolve.ts';
import { bodiesStage } from './bodies-stage.ts';
import { cacheStage } from './cache-stage.ts';
import { compose, type Exchange, type Reply, type Stage } from './exchange.ts';
import { idempotencyStage, type SharedRegister } from './idempotency-stage.ts';
import type { LanePorts } from './lane.ts';
import { hubLane } from './lane-hub.ts';
import { canPass, passLane } from './lane-pass.ts';
import { atServingEndpoint, createLearnedEndpoints } from './learned-endpoints.ts';
import { progressStage } from './progress-stage.ts';
import { type ShapeRules, shapeStage } from './shape-stage.ts';
import type { SimilarPorts } from './similar-answers.ts';
import { walk } from './walk.ts';
import type { WalkPorts } from './walk-ports.ts';

export interface GeneratePorts {
  readonly lanes: LanePorts;
  readonly walk: WalkPorts;
  readonly register: SharedRegister;
  readonly cache: AnswerCache;
  readonly similar: SimilarPorts;
  readonly budgets: Pick<Budgets, 'check'>;
  readonly bodies: BodyKeeper;
  shapeRules(): ShapeRules;
}

/** The pipeline for generating, ready to run. */
export function generatePipeline(ports: GeneratePorts): (exchange: Exchange) => Promise<Reply> {
  const routeOf = ({ model, format, snapshot }: Exchange): string =>
    resolve(model, format, snapshot)
      .legs.map(({ provider, model: id }) => `${provider.id}/${id}`)
      .join(' ');
  return compose([
    record,
    bodiesStage(ports.bodies),
    permit,
    progressStage,
    idempotencyStage(ports.register),
    withinBudget(ports.budgets),
    shapeStage(ports.shapeRules),
    cacheStage({ cache: ports.cache, similar: ports.similar, routeOf }),
    attempt(ports),
  ]);
}

/** Begins the request's account, and writes its row when it ended in an error before its answer began. */
export const record: Stage = async (exchange, next) => {
  const { ledger } = exchange;
  ledger.begin(exchange);
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

/** Has the caller's key anything left to spend? */
export function withinBudget(budgets: Pick<Budgets, 'check'>): Stage {
  return (exchange, next) => {
    budgets.check(exchange.caller.apiKeyId);
    return next();
  };
}

/** Walks the plan's targets until one answers. */
function attempt(ports: GeneratePorts): Stage {
  const learned = createLearnedEndpoints();
  return (exchange) =>
    walk(exchange, ports.walk, (ready) =>
      atServingEndpoint(ready, learned, (tried) =>
        canPass(exchange, tried.target) ? passLane(exchange, tried) : hubLane(exchange, tried, ports.lanes),
      ),
    );
}
