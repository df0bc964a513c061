import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wholeFrames } from '../../core/pipeline/whole-frames.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatChunk, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

describe('whole frames', () => {
  const STREAM = ': ping\n\ndata: {"a":1}\r\n\r\nevent: x\ndata: é\n\n\ndata: [DONE]\n\r\ndata: rest';
  const ENDS = [8, 25, 44, 45, 60];

  it('loses and invents nothing, and never lets out half a frame, however the bytes are cut', () => {
    const bytes = Buffer.from(STREAM);
    for (let size = 1; size <= bytes.length; size += 1) {
      const gate = wholeFrames('sse');
      let out = Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += size) {
        out = Buffer.concat([out, gate.push(bytes.subarray(at, at + size))]);
        expect([0, ...ENDS]).toContain(out.length);
      }
      expect(out.length).toBe(60);
      expect(Buffer.concat([out, gate.rest()]).equals(bytes)).toBe(true);
    }
  });

  it('gives back the very buffer that ends with a frame', () => {
    const chunk = Buffer.from('data: 1\n\ndata: 2\n\n');
    expect(wholeFrames('sse').push(chunk)).toBe(chunk);
  });

  it('of lines are lines', () => {
    const gate = wholeFrames('ndjson');
    expect(gate.push(Buffer.from('{"a":1}\n{"b"')).toString()).toBe('{"a":1}\n');
    expect(gate.push(Buffer.from(':2}')).toString()).toBe('');
    expect(gate.push(Buffer.from('\n')).toString()).toBe('{"b":2}\n');
    expect(gate.rest().length).toBe(0);
  });
});

describe('an upstream that dies inside a frame', () => {
  let core: TestCore;
  let upstream: Upstream;
  beforeAll(async () => {
    core = await startCore();
    upstream = await startUpstream((_received, response) => {
      sendSse(response, [chatChunk({ content: 'par' })], false);
      setTimeout(() => response.write('data: {"id":"chatcmpl-1","choi'), 10);
      setTimeout(() => response.destroy(), 30);
    });
    await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  });
  afterAll(async () => {
    await core.stop();
    await upstream.close();
  });

  it('the error that ends the stream is a frame of its own', async () => {
    const body = { model: 'chat/m', stream: true, messages: [{ role: 'user', content: 'hi' }] };
    const text = await (await core.post('/v1/chat/completions', body)).text();
    const frames = text.split('\n\n').filter((frame) => frame !== '');
    expect(frames).toHaveLength(2);
    expect(frames[0]).toContain('"par"');
    expect(frames[1]).toMatch(/^data: \{"error":\{.*\}\}$/);
  });
});
