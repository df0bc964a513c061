/**
 * Quotas that ran low or out between two readings, and who answers instead. A quota that ran out is told with the provider
 * that took over, as soon as a request shows it, or alone when none does for a while.
 */
import type { CoreEvent } from '../../core/base/event-bus.ts';
import type { Notice } from './notifications.ts';
import type { LoginLine } from './tray-state.ts';
import type { Words } from './words.ts';

/** Left, in percent. */
const LOW_PERCENT = 10;
const FALLBACK_WAIT_MS = 20_000;

export interface QuotaStep {
  readonly kind: 'quotaLow' | 'quotaExhausted';
  readonly login: LoginLine;
}

/** What was passed downwards between the two. An account that was not known before says nothing. */
export function quotaSteps(before: readonly LoginLine[], now: readonly LoginLine[]): readonly QuotaStep[] {
  return now.flatMap((login): QuotaStep[] => {
    const was = before.find(({ provider, account }) => provider === login.provider && account === login.account);
    const [left, leftBefore] = [login.leftPercent, was?.leftPercent];
    if (left === undefined || leftBefore === undefined || left >= leftBefore) return [];
    if (left === 0) return [{ kind: 'quotaExhausted', login }];
    return left <= LOW_PERCENT && leftBefore > LOW_PERCENT ? [{ kind: 'quotaLow', login }] : [];
  });
}

export interface QuotaWatch {
  onLogins(now: readonly LoginLine[]): void;
  onEvent(event: CoreEvent): void;
  stop(): void;
}

interface Waiting {
  readonly login: LoginLine;
  readonly limit: NodeJS.Timeout;
}

/** Calls `tell` with each notice. `nameOf`: a provider's name by its id. */
export function watchQuotas(
  tell: (notice: Notice) => void,
  { words, nameOf }: { words: () => Words; nameOf: (provider: string) => string },
): QuotaWatch {
  let known: readonly LoginLine[] = [];
  const waiting = new Map<string, Waiting>();
  const exhausted = (login: LoginLine, fallback?: string): void => {
    clearTimeout(waiting.get(login.provider)?.limit);
    waiting.delete(login.provider);
    tell(exhaustedNotice(login, fallback, words()));
  };
  return {
    onLogins(now) {
      for (const { kind, login } of quotaSteps(known, now)) {
        if (kind === 'quotaLow') tell(lowNotice(login, words()));
        else
          waiting.set(login.provider, { login, limit: setTimeout(() => exhausted(login), FALLBACK_WAIT_MS).unref() });
      }
      known = now;
    },
    onEvent(event) {
      if (event.type !== 'request-ended' || event.outcome !== 'ok' || event.provider === '') return;
      for (const { login } of [...waiting.values()])
        if (event.provider !== login.provider) exhausted(login, nameOf(event.provider));
    },
    stop() {
      for (const { limit } of waiting.values()) clearTimeout(limit);
    },
  };
}

function lowNotice({ name, leftPercent = 0, window = '' }: LoginLine, { say, percent }: Words): Notice {
  return {
    ...{ kind: 'quotaLow', path: '/limits' },
    title: say('notify.quotaLow.title', { provider: name }),
    body: say('notify.quotaLow.body', { percent: percent(leftPercent), window }),
  };
}

function exhaustedNotice({ name, resetsAtMs }: LoginLine, fallback: string | undefined, words: Words): Notice {
  const time = resetsAtMs === undefined ? '' : words.time(resetsAtMs, Date.now());
  const body =
    fallback === undefined
      ? words.say('notify.quotaExhausted.alone', { time })
      : words.say('notify.quotaExhausted.body', { fallback, time });
  return {
    ...{ kind: 'quotaExhausted', path: '/limits' },
    title: words.say('notify.quotaExhausted.title', { provider: name }),
    body: time === '' && fallback === undefined ? '' : body,
  };
}
