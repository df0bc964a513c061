/** `/metrics` for Prometheus: off unless switched on, and for the owner's session or an API key with the management scope. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OmniError, toOmniError } from '../base/errors.ts';
import { admit } from './admission.ts';
import { errorAnswer } from './rest-errors.ts';
import type { ManagementServices } from './services.ts';

export async function serveMetrics(
  services: ManagementServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await admit(services, request, { isPublic: false, cookies: [] });
    if (request.method !== 'GET')
      throw new OmniError('method_not_allowed', `${request.method} is not allowed here. Use GET.`);
    if (!services.settings.current().enableMetrics)
      throw new OmniError('not_found', 'Metrics are off. Switch enableMetrics on in the settings.');
    const { contentType, text } = await services.metrics.render();
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
  } catch (thrown) {
    const { status, headers, body } = errorAnswer(toOmniError(thrown));
    response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }
}
