/** Pausing and resuming the gateway: `/api/gateway`. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';

const state = z.object({
  isPaused: z.boolean().describe('Clients are answered 503; management goes on'),
  host: z.string(),
  port: z.number(),
});

export const gatewayContract = {
  state: oc
    .route({ method: 'GET', path: '/gateway', summary: 'Where the gateway listens and whether it is paused' })
    .output(state),
  pause: oc
    .route({ method: 'POST', path: '/gateway/pause', summary: 'Answer clients with 503 until it is resumed' })
    .output(state),
  resume: oc.route({ method: 'POST', path: '/gateway/resume', summary: 'Serve clients again' }).output(state),
};

export const gatewayHandlers = ({ gateway }: Handlers) => ({
  state: gateway.state.handler(({ context: { services } }) => stateOf(services)),
  pause: gateway.pause.handler(({ context: { services } }) => paused(services, true)),
  resume: gateway.resume.handler(({ context: { services } }) => paused(services, false)),
});

function paused(services: ManagementServices, isPaused: boolean): z.output<typeof state> {
  services.serviceState.pause(isPaused);
  return stateOf(services);
}

/** Nobody can ask before it listens, but for the host. */
function stateOf({ serviceState }: ManagementServices): z.output<typeof state> {
  const { host = '', port = 0 } = serviceState.bound() ?? {};
  return { isPaused: serviceState.isPaused(), host, port };
}
