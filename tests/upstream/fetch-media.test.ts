import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../core/base/secret.ts';
import { createDispatchers } from '../../core/upstream/dispatchers.ts';
import { fetchMedia, isPublicAddress } from '../../core/upstream/fetch-media.ts';
import { startHttpProxy } from '../support/http-proxy.ts';

const PIXEL = Buffer.from('iVBORw0KGgo=', 'base64');
const server = createServer((request, response) => {
  if (request.url === '/pixel') response.writeHead(200, { 'content-type': 'IMAGE/PNG; charset=x' }).end(PIXEL);
  else if (request.url === '/moved') response.writeHead(302, { location: '/pixel' }).end();
  else if (request.url === '/inside') response.writeHead(302, { location: 'http://127.0.0.2/secret' }).end();
  else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
  else response.writeHead(404).end();
});
let base = '';
const signal = new AbortController().signal;
const onlyHere = (address: string): boolean => address === '127.0.0.1';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('remote media', () => {
  it('comes as base64 with its plain media type, over redirects too', async () => {
    const expected = { mediaType: 'image/png', data: PIXEL.toString('base64') };
    expect(await fetchMedia(`${base}/pixel`, signal, { isAllowed: onlyHere })).toEqual(expected);
    expect(await fetchMedia(`${base}/moved`, signal, { isAllowed: onlyHere })).toEqual(expected);
  });

  it.each([
    ['/pixel', isPublicAddress, 'not a public address'],
    ['/inside', onlyHere, 'not a public address'],
    ['/loop', onlyHere, 'redirects more than'],
    ['/missing', onlyHere, 'answered 404'],
  ])('%s is refused with its reason', async (path, allowed, why) => {
    await expect(fetchMedia(base + path, signal, { isAllowed: allowed })).rejects.toMatchObject({
      code: 'media_unavailable',
      message: expect.stringContaining(why),
    });
  });

  it('pitfall 36: goes through the proxy in force, to the address that was checked, and never around it', async () => {
    const proxy = await startHttpProxy('me', 'secret');
    const dispatchers = createDispatchers();
    const through = (password: string) =>
      dispatchers.through({
        type: 'http',
        host: '127.0.0.1',
        port: proxy.port,
        username: 'me',
        password: new Secret(password),
      });
    const fetched = (password: string) =>
      fetchMedia(`${base.replace('127.0.0.1', 'localhost')}/moved`, signal, {
        isAllowed: (address) => address === '127.0.0.1' || address === '::1',
        proxyFor: () => through(password),
      });
    expect((await fetched('secret')).mediaType).toBe('image/png');
    expect(proxy.tunnels[0]).toBe(base.replace('http://', ''));
    await expect(fetched('wrong')).rejects.toMatchObject({ code: 'proxy_failed' });
    await dispatchers.destroy();
    await proxy.close();
  });

  it.each(['ftp://x/y', 'file:///etc/passwd', 'not a url'])('%s is no URL to fetch', async (url) => {
    await expect(fetchMedia(url, signal)).rejects.toMatchObject({ code: 'media_unavailable' });
  });

  it('security: names of local machines in any spelling stay out of reach', async () => {
    for (const host of [
      'localhost',
      '127.1',
      '0x7f000001',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost.',
      '0.0.0.0',
      '169.254.169.254',
      '10.0.0.1',
    ]) {
      await expect(fetchMedia(`http://${host}/`, signal)).rejects.toMatchObject({ code: 'media_unavailable' });
    }
  });
});

describe('isPublicAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '224.0.0.1',
    'nonsense',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});
