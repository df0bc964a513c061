/** What the answer cache and the register of duplicates hold and spared (facts.md C.10, E.8). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { percent, percentShape, signatureStats, signatureStatsShape } from './shapes.ts';

const WINDOW_MS = 5_000;
const overview = z.object({
  semanticCache: z.object({
    memoryEntries: z.number(),
    dbEntries: z.number(),
    hits: z.number(),
    misses: z.number(),
    hitRate: percentShape,
    tokensSaved: z.number(),
  }),
  similarAnswers: z.object({ enabled: z.boolean(), entries: z.number(), hits: z.number() }),
  signatureCache: signatureStatsShape,
  idempotency: z.object({ activeKeys: z.number(), windowMs: z.number() }),
});
const stats = z.object({
  size: z.number(),
  maxSize: z.number(),
  hits: z.number(),
  similarHits: z.number(),
  misses: z.number(),
  evictions: z.number(),
  hitRate: percentShape,
  tokensSaved: z.number(),
});
const cleared = z.object({ ok: z.literal(true), expiredRemoved: z.number() });

export const cacheContract = {
  get: oc.route({ method: 'GET', path: '/cache', summary: 'Answer cache and duplicates' }).output(overview),
  clear: oc.route({ method: 'DELETE', path: '/cache', summary: 'Forget all cached answers' }).output(cleared),
  stats: oc.route({ method: 'GET', path: '/cache/stats', summary: 'Figures of the answer cache' }).output(stats),
  clearStats: oc
    .route({ method: 'DELETE', path: '/cache/stats', summary: 'The same as DELETE /cache' })
    .output(cleared),
};

export const cacheHandlers = ({ cache }: Handlers) => ({
  get: cache.get.handler(({ context: { services } }) => {
    const { memoryEntries, dbEntries, hits, similarHits, misses, tokensSaved } = services.answerCache.stats();
    return {
      semanticCache: { memoryEntries, dbEntries, hits, misses, hitRate: percent(hits, hits + misses), tokensSaved },
      similarAnswers: {
        enabled: services.settings.current().answerCache.similar.enabled,
        entries: services.similarQuestions.count(),
        hits: similarHits,
      },
      signatureCache: signatureStats(services),
      idempotency: { activeKeys: services.duplicates.size(), windowMs: WINDOW_MS },
    };
  }),
  clear: cache.clear.handler(({ context: { services } }) => clear(services)),
  stats: cache.stats.handler(({ context: { services } }) => {
    const { memoryEntries, maxEntries, hits, similarHits, misses, evictions, tokensSaved } =
      services.answerCache.stats();
    return {
      size: memoryEntries,
      maxSize: maxEntries,
      ...{ hits, similarHits, misses, evictions, tokensSaved },
      hitRate: percent(hits, hits + misses),
    };
  }),
  clearStats: cache.clearStats.handler(({ context: { services } }) => clear(services)),
});

function clear({ answerCache, similarQuestions }: ManagementServices): z.output<typeof cleared> {
  similarQuestions.clear();
  return { ok: true, expiredRemoved: answerCache.clear() };
}
