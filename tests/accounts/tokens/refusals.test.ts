/** What a token endpoint's refusal means, as each vendor words it: sign in again, or only wait. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsOf } from '../../../core/base/json.ts';
import { type Login, putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import { startCore, type TestCore } from '../../support/core.ts';
import { sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';

interface Refusal {
  readonly why: string;
  readonly login: Omit<Login, 'token' | 'lastsMs'>;
  readonly status: number;
  readonly body: object | string;
  readonly isOver: boolean;
}

const PAGE = '<!doctype html><title>Sign in to this network</title>';
const builderId = {
  provider: 'kiro',
  data: { authMethod: 'builder-id', ssoRegion: 'us-east-1', clientId: 'registered' },
  secrets: { clientSecret: 'cs-registered' },
};
const social = { provider: 'kiro', data: { authMethod: 'google' } };
const copilot = { provider: 'github', secrets: { copilotToken: 'ct' } };
const openAi = (code: string) => ({ error: { message: 'no', type: 'invalid_request_error', param: null, code } });

/** https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html; facts.md B.4 */
const REFUSALS: readonly Refusal[] = [
  ['a refresh token that is not taken', { provider: 'claude' }, 400, { error: 'invalid_grant' }, true],
  ['a page of the network with 400', { provider: 'claude' }, 400, PAGE, false],
  ['a page of the network with 401', { provider: 'claude' }, 401, PAGE, false],
  ['a page of the network with 200', { provider: 'claude' }, 200, PAGE, false],
  ['too many calls', { provider: 'claude' }, 429, { error: { type: 'rate_limit_error', message: 'slow' } }, false],
  ['a server that fails, whatever it says', { provider: 'claude' }, 500, { error: 'invalid_grant' }, false],
  ['a token that came twice', { provider: 'codex' }, 401, openAi('refresh_token_reused'), true],
  ['a session that was ended at the vendor', { provider: 'codex' }, 401, openAi('app_session_terminated'), true],
  ['a token that is too old', { provider: 'codex' }, 401, openAi('token_expired'), true],
  ['a code that nobody knows', { provider: 'codex' }, 400, openAi('something_else'), false],
  ['a registered client that ran out', builderId, 401, { error: 'invalid_client' }, true],
  ['a token that ran out', builderId, 400, { error: 'expired_token' }, true],
  ['a service that wants fewer calls', builderId, 400, { error: 'slow_down' }, false],
  ['a refusal without a code', social, 401, { message: 'Bad credentials' }, true],
  ['a page of the network with 400', social, 400, PAGE, false],
  ['a page of the network with 401', social, 401, PAGE, false],
  ["GitHub's token, which was taken back", copilot, 401, { message: 'Bad credentials' }, true],
  ['a page of the network with 401', copilot, 401, PAGE, false],
  ['too many calls of a GitHub account', copilot, 403, { message: 'API rate limit exceeded' }, false],
].map(([why, login, status, body, isOver]) => ({ why, login, status, body, isOver }) as Refusal);

let dataDirectory: string;
let vendor: Upstream;
let core: TestCore;
let ids: string[];
/** GitHub takes all of its tokens again. */
let isBack = false;

beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-refusals-'));
  vendor = await startUpstream(({ path, raw, headers }, response) => {
    if (isBack && path === '/copilot_internal/v2/token')
      return sendJson(response, {
        token: 'ct-2',
        expires_at: Math.floor(Date.now() / 1_000) + 1_800,
        refresh_in: 1_500,
      });
    const index = /(?:rt|at)-(\d+)-/.exec(raw.toString('utf8') + (headers.authorization ?? ''))?.[1];
    const { status, body } = REFUSALS[Number(index)] ?? { status: 404, body: '' };
    const isPage = typeof body === 'string';
    response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json' });
    response.end(isPage ? body : JSON.stringify(body));
  });
  const hosts = { api: vendor.url, account: vendor.url, authorize: vendor.url, token: vendor.url };
  putHosts(dataDirectory, { claude: hosts, codex: hosts, kiro: hosts, github: hosts });
  const ended = REFUSALS.map(({ login }, index) => ({
    ...{ token: `at-${index}-x`, refreshToken: `rt-${index}-x`, lastsMs: -1_000 },
    ...login,
  }));
  ids = await putLogins(dataDirectory, ended);
  core = await startCore({ dataDirectory });
});
afterAll(async () => {
  await core.stop();
  await vendor.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

it.each(REFUSALS.map((one, index) => ({ ...one, index, provider: one.login.provider })))(
  '$provider: $why ($status) ends the login: $isOver',
  async ({ index, isOver }) => {
    const id = ids[index] ?? '';
    expect(await core.manage('POST', `/api/providers/${id}/test`)).toMatchObject({ valid: false });
    const found = objectsOf((await core.manage('GET', '/api/providers'))['connections']).find(
      (one) => one['id'] === id,
    );
    expect(found).toMatchObject({ isActive: !isOver, testStatus: isOver ? 'expired' : 'unavailable' });
  },
);

it('a login that is over and was switched on again shows as good once its provider gives a token for it', async () => {
  const id = ids[REFUSALS.findIndex(({ why }) => why.startsWith("GitHub's token"))] ?? '';
  isBack = true;
  await core.manage('PUT', `/api/providers/${id}`, { isActive: true });
  expect(await core.manage('POST', `/api/providers/${id}/test`)).toMatchObject({ valid: true });
  const { connection } = await core.manage('GET', `/api/providers/${id}`);
  expect(connection).toMatchObject({ isActive: true, testStatus: 'active' });
  expect(connection).not.toHaveProperty('lastError');
});

it('an API key is not taken for a login, where nothing would read it', async () => {
  const change = core.manage('PUT', `/api/providers/${ids[0]}`, { apiKey: 'sk-of-nobody' });
  await expect(change).rejects.toThrow(/400.*signed in to/);
});
