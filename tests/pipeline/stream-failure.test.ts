/** A failure of our own in mid-stream: the client gets its protocol's error, the log the reason, the store a row. */
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cancellation } from '../../core/base/cancellation.ts';
import { JsonScan } from '../../core/base/json-scan.ts';
import { type Log, silentLog } from '../../core/base/log.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { ChatEvent } from '../../core/model/event.ts';
import type { ClientCodec, Exchange } from '../../core/pipeline/exchange.ts';
import { hubLane } from '../../core/pipeline/lane-hub.ts';
import { Ledger } from '../../core/pipeline/ledger.ts';
import { nodeProvider } from '../../core/providers/node-provider.ts';
import { buildSnapshot } from '../../core/routing/snapshot.ts';
import type { UsageRecord } from '../../core/store/records.ts';
import { ATTEMPT_LIMITS } from '../../core/upstream/send.ts';
import { chatChunk, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

const catalog = {
  find: () => undefined,
  list: () => [],
  resolve: (_provider: string, id: string) => ({ id }),
  providersOf: () => [],
};

/** A codec of Messages whose stream encoder fails at the second piece of text. */
const failing: ClientCodec = {
  ...FORMATS['anthropic-messages'],
  encodeStream(context) {
    const encoder = FORMATS['anthropic-messages'].encodeStream(context);
    const push = (event: ChatEvent) => {
      if (event.type === 'part-delta' && event.text === 'second') throw new TypeError('a bug of ours');
      return encoder.push(event);
    };
    return { push, losses: () => encoder.losses() };
  },
};

describe('a stream encoder that throws', () => {
  let upstream: Upstream;
  const dispatcher = new Agent();
  beforeAll(async () => {
    upstream = await startUpstream((_received, response) => {
      sendSse(response, [chatChunk({ content: 'first' })], false);
      setTimeout(() => sendSse(response, [chatChunk({ content: 'second' }), chatChunk({}, 'stop')]), 30);
    });
  });
  afterAll(async () => {
    await dispatcher.destroy();
    await upstream.close();
  });

  it('ends the stream with an error event, is logged and recorded', async () => {
    const logged: unknown[] = [];
    const rows: UsageRecord[] = [];
    const log: Log = { ...silentLog, error: (_message, _fields, cause) => void logged.push(cause) };
    const append = (row: UsageRecord): Promise<void> => Promise.resolve(void rows.push(row));
    const provider = nodeProvider({
      id: 'n',
      type: 'openai-compatible',
      name: 'n',
      prefix: 'n',
      baseUrl: upstream.url,
    });
    const body = { model: 'n/m', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'hi' }] };
    const exchange: Exchange = {
      id: 'a'.repeat(24),
      endpoint: '/v1/messages',
      format: 'anthropic-messages',
      codec: failing,
      mayPass: true,
      framing: 'sse',
      headers: {},
      scan: new JsonScan([Buffer.from(JSON.stringify(body))]),
      model: 'n/m',
      stream: true,
      caller: { allows: () => true },
      snapshot: buildSnapshot({ providers: [provider], combos: [], aliases: [], accounts: [], catalog }),
      cancellation: new Cancellation(),
      ledger: new Ledger(
        { clock: { nowMs: () => 1 }, log, append },
        { id: 'a', endpoint: '/v1/messages', clientFormat: 'anthropic-messages', caller: {} },
      ),
      body: () => body,
      request: () => FORMATS['anthropic-messages'].decodeRequest(body),
    };
    const target = { provider, endpoint: provider.endpoints[0], model: 'm' };
    const fetchMedia = () => Promise.reject(new Error('nothing to fetch'));
    const { cancellation } = exchange;
    const attempt = {
      target,
      dispatcher,
      combos: [],
      limits: ATTEMPT_LIMITS,
      cancellation,
      sent: () => undefined,
      heard: () => undefined,
    };
    const reply = await hubLane(exchange, attempt, {
      fetchMedia,
      signatures: { get: () => undefined, put: () => undefined },
    });
    let text = '';
    if (typeof reply.body !== 'string' && !Buffer.isBuffer(reply.body))
      for await (const piece of reply.body) text += piece;
    expect(text).toContain('first');
    expect(text).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"api_error"/);
    expect(text).not.toContain('a bug of ours');
    expect(logged).toEqual([new TypeError('a bug of ours')]);
    expect(rows).toMatchObject([{ outcome: 'cut', errorCode: 'internal' }]);
  });
});
