/** How a request ended, as one of the four states. */
import type { Outputs } from '../api.ts';
import type { State } from './state-mark.tsx';

type Outcome = Outputs['usageLogs']['list']['logs'][number]['outcome'];

export const OUTCOME_STATES: Readonly<Record<Outcome, State>> = {
  ok: 'healthy',
  cancelled: 'off',
  cut: 'degraded',
  error: 'failing',
};
