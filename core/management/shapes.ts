/** Shapes that several features share. Inputs refuse unknown members: a misspelt `allowedModels` must not be a key for everything. */
import { z } from 'zod';
import type { ManagementServices } from './services.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
const PRINTABLE = /^[^\u0000-\u001f\u007f]*$/;

/** A name for people. */
export const nameShape = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100)
  .regex(PRINTABLE, 'must not hold control characters');
/** A model string as clients write it: `provider/model`, a combo or an alias. */
export const modelShape = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(300)
  .regex(PRINTABLE, 'must not hold control characters')
  .refine((model) => !model.includes('../'), 'must not hold ../');
/** A secret as pasted: spaces and line ends around it go. Undefined when empty. */
export const secretShape = z
  .string()
  .max(20_000)
  .trim()
  .regex(PRINTABLE, 'must be one line')
  .transform((value) => (value === '' ? undefined : value));
export const idShape = z.object({ id: z.string().min(1).max(200) });
/** An ISO date and time in UTC. */
export const timeShape = z.string();
export const doneShape = z.object({ message: z.string() });
/** `percent`'s text: `87.5`. */
export const percentShape = z.string().describe('Percent with one decimal');

/** What the cache of tool calls' signatures did (facts.md E.8). */
export const signatureStatsShape = z.object({
  entries: z.number(),
  hits: z.number(),
  misses: z.number(),
  hitRate: percentShape,
});

/** A time of a record for people. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** How much of the whole a part is, in percent with one decimal; `0.0` of nothing. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '0.0' : ((part / whole) * 100).toFixed(1);
}

/** `signatureStatsShape` of the cache as it stands. */
export function signatureStats({ signatures }: ManagementServices): z.output<typeof signatureStatsShape> {
  const { entries, hits, misses } = signatures.stats();
  return { entries, hits, misses, hitRate: percent(hits, hits + misses) };
}
