/** Bodies in common: what all remote media of one request may be together, fetched from a real server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../core/model/request.ts';
import { inlineMedia, type MediaBounds } from '../../core/pipeline/inline-media.ts';
import type { MediaFetch } from '../../core/pipeline/lane.ts';
import { fetchMedia } from '../../core/upstream/fetch-media.ts';

const KILOBYTE = Buffer.alloc(1_024, 7);
const STARTS: Readonly<Record<string, Buffer>> = {
  png: Buffer.from('89504e470d0a1a0a0000', 'hex'),
  jpeg: Buffer.from('ffd8ffe000104a464946', 'hex'),
};
let [running, most, asked] = [0, 0, 0];
const server = createServer(async (request, response) => {
  running += 1;
  asked += 1;
  most = Math.max(most, running);
  await sleep(20);
  running -= 1;
  const [, type, bytes = 'none'] = /^\/type\/([^?]+)\?(\w+)/.exec(request.url ?? '') ?? [];
  if (type !== undefined) response.writeHead(200, { 'content-type': type }).end(STARTS[bytes] ?? 'nothing known');
  else if (request.url?.startsWith('/missing')) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': 'image/png' }).end(KILOBYTE);
});
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  [running, most, asked] = [0, 0, 0];
});

function withImages(paths: readonly string[]): ChatRequest {
  const parts = paths.map((path) => ({
    ...{ type: 'media' as const, kind: 'image' as const },
    source: { type: 'url' as const, url: base + path },
  }));
  return { model: 'm', stream: false, messages: [{ role: 'user', parts }] };
}

function inlined(paths: readonly string[], bounds: MediaBounds): Promise<ChatRequest> {
  const ports = {
    fetchMedia: (url: string, { signal, received }: MediaFetch) =>
      fetchMedia(url, signal, { isAllowed: () => true, received }),
  };
  return inlineMedia(withImages(paths), ports, { signal: new AbortController().signal, purpose: {} }, bounds);
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/image-${index}`);
const WIDE: MediaBounds = { count: 32, bytes: 1_048_576, atOnce: 3 };

describe('remote media of one request', () => {
  it('are fetched a few at a time, each address once', async () => {
    const { messages } = await inlined([...numbered(9), ...numbered(9)], WIDE);
    const sources = messages[0]?.parts.map((part) => part.type === 'media' && part.source);
    const expected = { type: 'base64', mediaType: 'image/png', data: KILOBYTE.toString('base64') };
    expect(sources).toEqual(Array.from({ length: 18 }, () => expected));
    expect([asked, most]).toEqual([9, 3]);
  });

  // S3 serves what it was given without a type as binary/octet-stream; a login page comes with status 200 too.
  it.each([
    ['/type/binary/octet-stream?png', 'image/png'],
    ['/type/application/octet-stream?png', 'image/png'],
    ['/type/image/png?jpeg', 'image/jpeg'],
    ['/type/image/avif?none', 'image/avif'],
  ])('%s goes on as %s', async (path, type) => {
    const { messages } = await inlined([path], WIDE);
    const [part] = messages[0]?.parts ?? [];
    expect(part).toMatchObject({ source: { mediaType: type } });
  });

  it('a page is no image', async () => {
    await expect(inlined(['/type/text/html?none'], WIDE)).rejects.toMatchObject({
      code: 'media_unavailable',
      message: expect.stringContaining('it is text/html and no image'),
    });
  });

  it('are bounded in number: the first beyond it is named', async () => {
    await expect(inlined(numbered(4), { ...WIDE, count: 3 })).rejects.toMatchObject({
      code: 'media_unavailable',
      message: `The media at ${base}/image-3 cannot be fetched: a request may name at most 3 remote images and files. Send it inline instead.`,
    });
  });

  it('are bounded in bytes of all together, and the rest is given up', async () => {
    const tight = { ...WIDE, bytes: 3 * 1_024, atOnce: 1 };
    await expect(inlined(numbered(9), tight)).rejects.toMatchObject({
      code: 'media_unavailable',
      message: expect.stringContaining(`The media at ${base}/image-3 cannot be fetched: with it`),
    });
    await sleep(60);
    expect(asked).toBe(4);
    const { messages } = await inlined(numbered(3), tight);
    expect(messages[0]?.parts).toHaveLength(3);
  });

  it('a missing one is named too', async () => {
    await expect(inlined(['/image-0', '/missing'], WIDE)).rejects.toMatchObject({
      message: expect.stringContaining(`${base}/missing cannot be fetched: its server answered 404`),
    });
  });
});
