/** The Code Assist project of a Google account, with a project that the person named. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowContext } from '../../../core/accounts/flows/flow.ts';
import { geminiCliFlow } from '../../../core/accounts/flows/gemini-cli.ts';
import { createHttpSend } from '../../../core/accounts/http.ts';
import { systemClock } from '../../../core/base/clock.ts';
import { asObject, type JsonObject } from '../../../core/base/json.ts';
import { Secret } from '../../../core/base/secret.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { findProvider } from '../../../core/providers/table.ts';
import { sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';

let google: Upstream;
/** The tier that the account gets. */
let tier: string;

beforeAll(async () => {
  google = await startUpstream(({ path, body }, response) => {
    if (path.startsWith('/oauth2')) return sendJson(response, { email: 'ada@example.com' });
    if (path.endsWith(':loadCodeAssist'))
      return sendJson(response, { allowedTiers: [{ id: tier, isDefault: true, name: 'A tier' }] });
    const project = body['cloudaicompanionProject'];
    const names = project !== undefined || asObject(body['metadata'])?.['duetProject'] !== undefined;
    // Its project is Google's own (google-gemini/gemini-cli, code_assist/setup.ts).
    if (tier === 'free-tier' && names) return sendJson(response, { error: { status: 'FAILED_PRECONDITION' } }, 400);
    sendJson(response, { done: true, response: { cloudaicompanionProject: { id: project ?? 'managed-project' } } });
  });
});
afterAll(() => google.close());

async function signIn(projectId: string): Promise<JsonObject> {
  const row = findProvider('gemini-cli') as Provider;
  const context: FlowContext = {
    ...{ row: { ...row, hosts: { api: google.url, account: google.url } }, client: { id: 'c' }, clock: systemClock },
    ...{ signal: new AbortController().signal, progress: () => undefined, pause: () => Promise.resolve() },
    send: createHttpSend(),
  };
  const granted = { accessToken: new Secret('at-1'), answer: {} };
  return (await geminiCliFlow.complete(granted, { method: 'browser', options: { projectId } }, context)).tokens.data;
}

it('is the named one where the plan is the organisation’s', async () => {
  tier = 'standard-tier';
  expect(await signIn('my-project')).toEqual({ projectId: 'my-project', plan: 'A tier' });
});

it('is Google’s own on the free tier, which takes no other', async () => {
  tier = 'free-tier';
  expect(await signIn('my-project')).toEqual({ projectId: 'managed-project', plan: 'A tier' });
});
