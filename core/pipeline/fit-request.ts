/**
 * What a client of another protocol asks for beyond the model: it cannot know it, and asks every model alike (Claude Code
 * for 32,000 tokens and for thoughts). The vendor would refuse the whole request.
 */
import { withoutBilling } from '../model/billing-line.ts';
import type { Loss } from '../model/loss.ts';
import type { ChatRequest, ReasoningOptions } from '../model/request.ts';
import type { Target } from '../routing/plan.ts';

type Asked = Pick<Target, 'provider' | 'endpoint' | 'info'>;

/**
 * The request within what is known of the model, and without the line for its client's own vendor; what is left out or
 * lowered is told to `lose`.
 */
export function fittedRequest(
  request: ChatRequest,
  target: Asked,
  lose: (losses: readonly Loss[]) => void,
): ChatRequest {
  return withLimit(withoutThoughts(withoutBilling(request), target, lose), target, lose);
}

function withLimit(
  request: ChatRequest,
  { provider, info }: Asked,
  lose: (losses: readonly Loss[]) => void,
): ChatRequest {
  const { maxOutputTokens: asked } = request;
  const most = provider.refusesLongAnswers === true || info?.custom === true ? info?.maxOutputTokens : undefined;
  if (asked === undefined || most === undefined || asked <= most) return request;
  const detail = `The model writes at most ${most} tokens; ${asked} were asked for.`;
  lose([{ feature: 'max-output-tokens', path: 'maxOutputTokens', detail }]);
  return { ...request, maxOutputTokens: most };
}

/** Anthropic's older ids are not all known to reason, and its encoder keeps to what they take. */
function withoutThoughts(
  request: ChatRequest,
  { endpoint, info }: Asked,
  lose: (losses: readonly Loss[]) => void,
): ChatRequest {
  const { reasoning, ...rest } = request;
  if (reasoning === undefined || info?.capabilities?.reasoning !== false) return request;
  if (endpoint.format === 'anthropic-messages') return request;
  if (asksToThink(reasoning)) {
    lose([
      { feature: 'reasoning-options', path: 'reasoning', detail: 'The model does not reason; none is asked for.' },
    ]);
  }
  return rest;
}

function asksToThink({ effort, budgetTokens, mode }: ReasoningOptions): boolean {
  return mode !== 'disabled' && budgetTokens !== 0 && effort !== 'none';
}
