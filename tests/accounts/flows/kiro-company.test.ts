/** A company's account at Kiro: it signs in where the company is, and is served where its profile stands. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowContext } from '../../../core/accounts/flows/flow.ts';
import { kiroFlow } from '../../../core/accounts/flows/kiro.ts';
import { systemClock } from '../../../core/base/clock.ts';
import { asString } from '../../../core/base/json.ts';
import { Secret } from '../../../core/base/secret.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { findProvider } from '../../../core/providers/table.ts';
import { startKiro } from '../../support/account-upstreams/kiro.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { type KiroAuthServer, startKiroAuth } from '../../support/auth-servers/kiro.ts';
import { sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';
import { type LoginCore, startLoginCore } from './login-core.ts';

const ada = { email: 'ada@example.com', id: 'ada', name: 'Ada' };
const ARN = 'arn:aws:codewhisperer:eu-central-1:123456789012:profile/COMPANY';
const ASK = { model: 'kr/claude-sonnet-4.5', messages: [{ role: 'user', content: 'Hi' }] };

let auth: KiroAuthServer;
let models: AccountUpstream;
let service: Upstream;
let login: LoginCore;
/** By region; the service stands in no other. */
let profiles: Record<string, readonly object[]>;

beforeAll(async () => {
  auth = await startKiroAuth(ada);
  models = await startKiro((token) => auth.families.accountOf(token) !== undefined, 'eu-central-1', ARN);
  service = await startUpstream(({ path, headers }, response) => {
    const listed = profiles[path.split('/')[1] ?? ''];
    const isListing = headers['x-amz-target'] === 'AmazonCodeWhispererService.ListAvailableProfiles';
    if (isListing && listed !== undefined) return sendJson(response, { profiles: listed });
    sendJson(response, { __type: 'AccessDeniedException' }, 403);
  });
  const { url } = auth;
  const hosts = { api: `${models.url}/{region}`, account: `${service.url}/{region}`, token: url, device: url };
  login = await startLoginCore({ kiro: { hosts } });
});
afterAll(async () => {
  await login.stop();
  await Promise.all([auth.close(), models.close(), service.close()]);
});

async function signIn(region: string) {
  service.received.length = 0;
  const options = { startUrl: 'https://example.awsapps.com/start', region };
  const { body } = await login.call('POST', '/api/oauth/start', { provider: 'kiro', method: 'idc', options });
  auth.desk.type(asString(body['userCode']) ?? '', ada);
  expect(await login.ended(asString(body['sessionId']) ?? '')).toMatchObject({ state: 'done' });
  return (await login.connections())[0];
}
const asked = (): unknown[] => service.received.map(({ path }) => path);

it('is served in the region of its profile, and for that profile', async () => {
  profiles = { 'us-east-1': [], 'eu-central-1': [{ arn: ARN, profileName: 'Example Corp' }] };
  expect(await signIn('ap-southeast-2')).toMatchObject({ region: 'eu-central-1', workspace: 'Example Corp' });
  expect(asked().slice(0, 2)).toEqual(['/us-east-1/', '/eu-central-1/']);
  const response = await login.core.post('/v1/chat/completions', ASK);
  expect([response.status, models.faults]).toEqual([200, []]);
});

it('its own part of the world is asked first', async () => {
  await signIn('eu-west-1');
  expect(asked()[0]).toBe('/eu-central-1/');
});

it('works without a profile, where the service stands', async () => {
  profiles = {};
  expect(await signIn('eu-west-1')).toMatchObject({ region: 'eu-central-1', testStatus: 'active' });
  expect(auth.faults).toEqual([]);
});

it('is renewed where it signed in', async () => {
  const urls: string[] = [];
  const context: FlowContext = {
    ...{ row: findProvider('kiro') as Provider, client: { id: '' }, clock: systemClock },
    ...{ signal: new AbortController().signal, progress: () => undefined, pause: () => Promise.resolve() },
    send({ url }) {
      urls.push(url);
      return Promise.resolve({ status: 200, body: JSON.stringify({ accessToken: 'at-2', expiresIn: 9 }) });
    },
  };
  const data = { authMethod: 'idc', ssoRegion: 'eu-west-1', region: 'eu-central-1', clientId: 'c', profileArn: ARN };
  const secrets = { clientSecret: new Secret('cs') };
  const before = { accessToken: new Secret('at-1'), refreshToken: new Secret('rt-1'), data, secrets };
  expect((await kiroFlow.refresh(before, context)).data).toEqual(data);
  expect(urls).toEqual(['https://oidc.eu-west-1.amazonaws.com/token']);
});
