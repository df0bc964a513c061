/**
 * What a hit of the answer cache takes, in each client protocol, over one keep-alive connection: the first request is
 * answered by the upstream, the others from memory. Also seen to: every one was a hit, and another API key gets a miss.
 */
import { asNumber, asString } from '../../core/base/json.ts';
import type { Job } from './load.ts';
import { median } from './measure.ts';
import type { BenchGateway, LoadGenerator } from './targets.ts';

export interface CacheHits {
  readonly client: string;
  /** From the request to the answer's last byte, as the client sees it; median of the rounds' medians. */
  readonly latencyMs: number;
  readonly failed: number;
  /** Did the cache count a hit for each request, and none for another key? */
  readonly isPrivate: boolean;
}

const MODEL = 'chat/bench-c0-d0';
const ROUNDS = 3;
const HITS = 500;
const QUESTION = 'Explain in two sentences how a gateway between clients and models decides where a request goes. ';

/** About 2 KB of question each. */
const CLIENTS: readonly { readonly name: string; readonly path: string; body(text: string): object }[] = [
  {
    name: 'chat',
    path: '/v1/chat/completions',
    body: (content) => ({ model: MODEL, temperature: 0, messages: [{ role: 'user', content }] }),
  },
  {
    name: 'responses',
    path: '/v1/responses',
    body: (input) => ({ model: MODEL, temperature: 0, store: false, input }),
  },
  {
    name: 'messages',
    path: '/v1/messages',
    body: (content) => ({ model: MODEL, temperature: 0, max_tokens: 512, messages: [{ role: 'user', content }] }),
  },
  {
    name: 'gemini',
    path: `/v1beta/models/${MODEL}:generateContent`,
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }], generationConfig: { temperature: 0 } }),
  },
  {
    name: 'ollama',
    path: '/api/chat',
    body: (content) => ({
      ...{ model: MODEL, stream: false, options: { temperature: 0 } },
      messages: [{ role: 'user', content }],
    }),
  },
];

export async function measureCacheHits(gateway: BenchGateway, load: LoadGenerator): Promise<readonly CacheHits[]> {
  const management = await gateway.process.login();
  const { key } = await management.post('/api/keys', { name: 'another' });
  const stranger = { ...gateway.headers, authorization: `Bearer ${asString(key) ?? ''}` };
  const hits = async (): Promise<number> => asNumber((await management.get('/api/cache/stats'))['hits']) ?? 0;
  const results: CacheHits[] = [];
  for (const { name, path, body } of CLIENTS) {
    const job: Job = {
      ...{ origin: gateway.origin, path, headers: gateway.headers, concurrency: 1, requests: HITS, chunks: 0 },
      body: JSON.stringify(body(`${name}: ${QUESTION.repeat(20)}`)),
      expects: 'lazy dog',
    };
    const first = await load.run({ ...job, requests: 1 });
    const before = await hits();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await load.run(job));
    const counted = (await hits()) - before;
    const other = await fetch(gateway.origin + path, { method: 'POST', headers: stranger, body: job.body });
    await other.text();
    results.push({
      client: name,
      latencyMs: median(rounds.map(({ latencyMs }) => latencyMs)),
      failed: [first, ...rounds].reduce((sum, { failed }) => sum + failed, 0),
      isPrivate: counted === ROUNDS * HITS && other.headers.get('x-omniroute-cache') === 'MISS',
    });
  }
  return results;
}
