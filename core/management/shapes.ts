/** Shapes that several features share. Inputs refuse unknown members: a misspelt `allowedModels` must not be a key for everything. */
import { z } from 'zod';

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

/** A time of a record for people. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
