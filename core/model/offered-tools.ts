/**
 * The choice among the tools that a target is left with. Tools that another provider runs are not offered to it, and hosts
 * answer 400 to a choice among no tools and to the name of one that is not there.
 */
import { extBelongsTo } from './ext.ts';
import type { UpstreamFormatId } from './format-id.ts';
import type { LossList } from './loss.ts';
import type { ChatRequest, ToolChoice } from './request.ts';

/**
 * The request without what is said of tools where the target gets none, and with a choice of a tool that is not offered
 * left to the model, which is a loss. A client of the target's own protocol gets what it asked for.
 */
export function withOfferedChoice(request: ChatRequest, format: UpstreamFormatId, losses: LossList): ChatRequest {
  const { tools = [], toolChoice, parallelToolCalls, ...rest } = request;
  if (request.ext?.origin === format || (toolChoice === undefined && parallelToolCalls === undefined)) return request;
  const offered = tools.filter((tool) => tool.type !== 'provider' || extBelongsTo(tool.ext, format));
  if (offered.length === 0) {
    const isForced = toolChoice !== undefined && toolChoice.type !== 'auto' && toolChoice.type !== 'none';
    if (isForced) losses.add('tool-choice', 'toolChoice', 'A tool choice without tools is left out.');
    return { ...rest, ...(request.tools && { tools }) };
  }
  if (toolChoice === undefined || namesAny(toolChoice, new Set(offered.map(({ name }) => name)))) return request;
  losses.add('tool-choice', 'toolChoice', 'The tool to be called is not offered; the choice is left to the model.');
  return { ...request, toolChoice: { type: 'auto' } };
}

/** Does the choice name one of these tools, or none at all? */
function namesAny(choice: ToolChoice, names: ReadonlySet<string>): boolean {
  if (choice.type === 'tool') return names.has(choice.name);
  return choice.type !== 'allowed' || choice.names.some((name) => names.has(name));
}
