import type { Outputs } from '../../api.ts';

/** One request with its attempts and, where they were kept, bodies. */
export type Detail = Outputs['usageLogs']['get'];
export interface DetailProps {
  readonly request: Detail;
}
