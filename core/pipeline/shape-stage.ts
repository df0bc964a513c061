/** Applies the user's prompt and thinking budget to the client's own body, so that both lanes carry them. */
import type { JsonObject } from '../base/json.ts';
import { JsonScan } from '../base/json-scan.ts';
import { FORMATS } from '../formats/index.ts';
import type { ChatRequest } from '../model/request.ts';
import type { ThinkingModel } from '../model/shaping.ts';
import type { Settings } from '../policy/settings.ts';
import { thinkingChoice, thinkingModel } from '../policy/thinking-budget.ts';
import { resolve } from '../routing/resolve.ts';
import type { Exchange, Stage } from './exchange.ts';

export type ShapeRules = Pick<Settings, 'thinkingBudget' | 'systemPrompt'>;

const LEGACY_COMPLETIONS = '/v1/completions';

export function shapeStage(rules: () => ShapeRules): Stage {
  return (exchange, next) => {
    const { thinkingBudget, systemPrompt } = rules();
    const prompt = systemPrompt.enabled ? systemPrompt.prompt.trim() : '';
    // Legacy completions have neither.
    if ((thinkingBudget.mode === 'passthrough' && prompt === '') || exchange.endpoint === LEGACY_COMPLETIONS)
      return next();
    const { shaper } = FORMATS[exchange.format];
    const body = exchange.body();
    const choice = thinkingChoice(thinkingBudget, () => shaper.measure(body));
    const prompted = prompt === '' ? body : shaper.withSystemPrompt(body, prompt);
    const shaped = choice === undefined ? prompted : shaper.withThinking(prompted, choice, firstModel(exchange));
    return shaped === body ? next() : next(withBody(exchange, shaped));
  };
}

/** The model that the request goes to first: a combo's or an alias's name tells nothing. Throws what the plan throws. */
function firstModel({ model, format, snapshot }: Exchange): ThinkingModel {
  const [first = { model }] = resolve(model, format, snapshot).legs;
  return thinkingModel(first);
}

/** The exchange as if its client had sent this body. */
function withBody(exchange: Exchange, body: JsonObject): Exchange {
  let decoded: ChatRequest | undefined;
  return {
    ...exchange,
    scan: new JsonScan([Buffer.from(JSON.stringify(body))]),
    body: () => body,
    request: () => {
      decoded ??= exchange.codec.decodeRequest(body, exchange.address);
      return decoded;
    },
  };
}
