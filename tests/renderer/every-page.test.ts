/**
 * Every page in light and dark and at three widths, with nothing behind it, with a year of data, and while its providers
 * fail. Each must be accessible, fit its window and leave the browser's console alone.
 *
 * `npm test` takes a look for each page in turn, so that each look has its pages; OMNIROUTE_TEST_LOOKS=all takes all six
 * of each page, which lasts ten minutes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import {
  ALL_LOOKS,
  type Dashboard,
  expectAccessible,
  expectNoOverflow,
  NO_BROWSER,
  settled,
  startDashboard,
  TAKES_ALL_LOOKS,
  takePicture,
} from '../support/dashboard.ts';
import type { GatewayProcess, ManagementClient } from '../support/gateway-process.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const TABS = ['security', 'routing', 'resilience', 'ai', 'advanced', 'system', 'appearance'];
const PATHS = [
  ...['/', '/welcome', '/providers', '/providers/openai', '/combos', '/combos/new', '/keys', '/usage', '/logs'],
  ...['/costs', '/limits', '/about'],
  ...TABS.map((tab) => `/settings/${tab}`),
];
const REQUESTS = 300_000;
/** Six looks, each with an accessibility check of its own, on a machine that may be busy. */
const LOOKS_LIMIT_MS = 120_000;
const START_LIMIT_MS = 240_000;

let down: Upstream;
beforeAll(async () => {
  down = await startUpstream((_received, response) => sendJson(response, { error: { message: 'It is down.' } }, 500));
});
afterAll(() => down.close());

/** Two providers of which one answers nothing but errors and one not at all, and a client that has noticed. */
async function failingProviders(api: ManagementClient, { baseUrl }: GatewayProcess): Promise<void> {
  for (const [name, url] of [
    ['Down', down.url],
    ['Gone', 'http://127.0.0.1:9'],
  ] as const) {
    const { node } = await api.post('/api/provider-nodes', {
      ...{ name, prefix: name.toLowerCase(), type: 'openai-compatible', apiType: 'chat', baseUrl: `${url}/v1` },
    });
    const provider = asString(asObject(node)?.['id']) ?? '';
    await api.post('/api/providers', { provider, apiKey: 'sk-x', name: 'Main' });
  }
  await api.post('/api/combos', { name: 'always-on', models: ['down/m', 'gone/m'] });
  await api.post('/api/keys', { name: 'laptop' });
  for (let count = 0; count < 6; count += 1) {
    const { status } = await fetch(`${baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'always-on', messages: [{ role: 'user', content: 'Hi' }] }),
    });
    expect([429, 502, 503, 504]).toContain(status);
  }
}

/** The pages that exist only once something is there: a node's own page, a combo's, a request's. */
async function pagesOfWhatIsThere(api: ManagementClient): Promise<string[]> {
  const first = async (path: string, list: string): Promise<string | undefined> =>
    asString(asObject(asArray((await api.get(path))[list])?.[0])?.['id']);
  const ids = {
    providers: await first('/api/provider-nodes', 'nodes'),
    combos: await first('/api/combos', 'combos'),
    logs: await first('/api/usage/call-logs?limit=1', 'logs'),
  };
  return Object.entries(ids).flatMap(([page, id]) => (id === undefined ? [] : [`/${page}/${id}`]));
}

const STATES = [
  { state: 'with nothing behind them', name: 'empty', offset: 0, options: {}, more: 0 },
  { state: 'with a year of data', name: 'year', offset: 2, options: { requests: REQUESTS }, more: 1 },
  {
    ...{ state: 'while their providers fail', name: 'failing', offset: 4, more: 3 },
    options: { requests: 2_000, seed: failingProviders },
  },
] as const;

describe.skipIf(NO_BROWSER !== undefined).each(STATES)('all pages $state', ({ name, offset, options, more }) => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard(options);
  }, START_LIMIT_MS);
  afterAll(() => dashboard.stop());

  let turn = offset;
  async function faultsOf(path: string): Promise<string[]> {
    turn += 1;
    const { page, errors } = await dashboard.open({ path });
    const faults: string[] = [];
    for (const { theme, width } of ALL_LOOKS.filter((_look, at) => TAKES_ALL_LOOKS || at === turn % ALL_LOOKS.length)) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await settled(page);
      await takePicture(page, `every-${name}${path.replaceAll('/', '-')}-${theme}-${width}`);
      for (const check of [expectAccessible, expectNoOverflow])
        await check(page).catch((error: unknown) => faults.push(`${theme} ${width}: ${String(error).slice(0, 600)}`));
    }
    return [...faults, ...errors];
  }

  it.each(PATHS)('%s', { timeout: LOOKS_LIMIT_MS }, async (path) => expect(await faultsOf(path)).toEqual([]));

  it('those of what is there', { timeout: 3 * LOOKS_LIMIT_MS }, async () => {
    const paths = await pagesOfWhatIsThere(dashboard.api);
    expect(paths).toHaveLength(more);
    for (const path of paths) expect(await faultsOf(path), path).toEqual([]);
  });
});
