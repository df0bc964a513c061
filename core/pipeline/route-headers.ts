/** Response headers that tell which way a request went (facts.md C.8 and ours). */
import type { Target } from '../routing/plan.ts';
import type { Reply } from './exchange.ts';

/** The reply with the route it took; values that no header can hold are percent-encoded. */
export function withRoute(reply: Reply, { provider, model, account }: Target, attempts: number): Reply {
  return {
    ...reply,
    headers: {
      ...reply.headers,
      'x-omniroute-provider': headerText(provider.custom ? provider.alias : provider.id),
      'x-omniroute-model': headerText(model),
      ...(account && { 'x-omniroute-connection': account.id }),
      'x-omniroute-attempts': String(attempts),
    },
  };
}

function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
}
