/** `node seed-usage.ts <database file> <rows>`: writes that many finished requests, spread over the last month. */

import { systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import type { UsageRecord } from '../../core/store/records.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';

const [path = '', rows = '0'] = process.argv.slice(2);
const MONTH_MS = 30 * 86_400_000;
const BATCH = 2_000;
const count = Number(rows);
const nowMs = Date.now();
const store = openStore({ path, log: silentLog, clock: systemClock });

for (let from = 0; from < count; from += BATCH) {
  const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => record(from + index));
  await Promise.all(batch.map((entry) => store.usage.append(entry)));
}
await store.close();

function record(index: number): UsageRecord {
  return {
    id: `bench-${index}`,
    startedAtMs: nowMs - MONTH_MS + Math.floor((index / count) * MONTH_MS),
    durationMs: 900 + (index % 700),
    requestedModel: `chat/model-${index % 40}`,
    provider: `provider-${index % 12}`,
    model: `model-${index % 40}`,
    connectionId: `connection-${index % 300}`,
    endpoint: '/v1/chat/completions',
    clientFormat: 'openai-chat',
    targetFormat: 'openai-chat',
    stream: index % 2 === 0,
    attempts: 1,
    status: 200,
    outcome: 'ok',
    tokensInput: 1_000 + index,
    tokensOutput: 200,
    tokensCacheRead: 0,
    tokensCacheCreation: 0,
    tokensReasoning: 0,
    isEstimated: false,
    costUsd: 0.001,
    losses: [],
  };
}
