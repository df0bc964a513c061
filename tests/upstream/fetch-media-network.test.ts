/** Remote media over awkward networks: who is left, what a name resolves to, whose fault it was, and what an error tells. */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDispatchers } from '../../core/upstream/dispatchers.ts';
import { fetchMedia, isPublicAddress } from '../../core/upstream/fetch-media.ts';
import { startHttpProxy, type TestProxy } from '../support/http-proxy.ts';
import { startSocks5Proxy } from '../support/socks5-proxy.ts';

const held = new Set<Socket>();
/** Accepts and says nothing. */
const mute = createServer((socket) => void held.add(socket.on('error', () => undefined)));
const images = createHttpServer((request, response) => {
  if (request.url?.startsWith('/pixel') === true) response.writeHead(200, { 'content-type': 'image/png' }).end('pixel');
  else response.writeHead(302, { location: '/missing/file.png?sig=another-secret' }).end();
});
const dispatchers = createDispatchers();
const signal = new AbortController().signal;
const isAllowed = (): boolean => true;
let [mutePort, port] = [0, 0];

beforeAll(async () => {
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => images.listen(0, '127.0.0.1', resolve));
  [mutePort, port] = [(mute.address() as AddressInfo).port, (images.address() as AddressInfo).port];
});
afterAll(async () => {
  for (const socket of held) socket.destroy();
  mute.close();
  images.close();
  await dispatchers.destroy();
});

async function tookMs(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await expect(work).rejects.toThrow();
  return performance.now() - startedMs;
}

it('a fetch that nobody waits for ends at once, while the connection is made', async () => {
  const fetched = fetchMedia(`https://127.0.0.1:${mutePort}/x`, AbortSignal.timeout(200), { isAllowed });
  expect(await tookMs(fetched)).toBeLessThan(3_000);
}, 30_000);

it('and while a proxy builds the tunnel', async () => {
  const proxyFor = () => dispatchers.through({ type: 'http', host: '127.0.0.1', port: mutePort });
  const fetched = fetchMedia(`http://127.0.0.1:${port}/pixel`, AbortSignal.timeout(200), { isAllowed, proxyFor });
  expect(await tookMs(fetched)).toBeLessThan(3_000);
}, 60_000);

it('and while its name is looked up', async () => {
  const resolve = () => new Promise<never>(() => undefined);
  const fetched = fetchMedia('https://never.example/x', AbortSignal.timeout(200), { isAllowed, resolve });
  expect(await tookMs(fetched)).toBeLessThan(3_000);
}, 30_000);

// The machine may have IPv6 and no way out by it, or one of several servers may be down.
const resolve = () =>
  Promise.resolve([
    { address: '127.0.0.9', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]);

it('all addresses of a name are tried', async () => {
  const media = await fetchMedia(`http://two.example:${port}/pixel`, signal, { isAllowed, resolve });
  expect(media.mediaType).toBe('image/png');
});

it('a name is refused when any of its addresses is not public', async () => {
  const mixed = () =>
    Promise.resolve([
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]);
  await expect(
    fetchMedia('http://mixed.example/', signal, { isAllowed: isPublicAddress, resolve: mixed }),
  ).rejects.toThrow('its host is not a public address');
});

it.each([
  ['http', startHttpProxy],
  ['socks5', startSocks5Proxy],
] as const)('through %s: all addresses too, and a dead host is the request’s fault', async (type, start) => {
  const proxy: TestProxy = await start('', '');
  const address = { type, host: '127.0.0.1', port: proxy.port, username: '', password: { reveal: () => '' } };
  const rules = { isAllowed, proxyFor: () => dispatchers.through(address) };
  try {
    const media = await fetchMedia(`http://two.example:${port}/pixel`, signal, { ...rules, resolve });
    expect(media.mediaType).toBe('image/png');
    // Blamed on the provider, one bad link in a chat would let its accounts rest.
    await expect(fetchMedia('http://127.0.0.1:9/x', signal, rules)).rejects.toMatchObject({
      code: 'media_unavailable',
    });
  } finally {
    await proxy.close();
  }
});

it.each([
  ['its own', 'http://me:a-password@127.0.0.1:PORT/missing/file.png?sig=a-secret#part'],
  ['a redirect’s', 'http://127.0.0.1:PORT/moved?sig=a-secret'],
])('an error names the place without user name, password and query: %s', async (_whose, url) => {
  const message = await fetchMedia(url.replace('PORT', String(port)), signal, { isAllowed }).then(
    () => 'fetched',
    (error: Error) => error.message,
  );
  expect(message).toMatch(/http:\/\/127\.0\.0\.1:\d+\/(missing\/file\.png|moved) cannot be fetched/);
  expect(message).not.toMatch(/secret|password|me:/);
});
