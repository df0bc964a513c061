/** What the core tells a person who does not look: each kind can be turned off. Which event says what is decided purely. */
import { Notification } from 'electron';
import type { CoreEvent } from '../../core/base/event-bus.ts';
import type { NotificationKind } from '../../core/management/desktop.ts';
import { signInPath } from './links.ts';
import type { WordKey, Words } from './words.ts';

export interface Notice {
  readonly kind: NotificationKind;
  readonly title: string;
  readonly body: string;
  /** The dashboard's page that a click opens. */
  readonly path: string;
}

/** Names for ids in events; an id that has none stands for itself. */
export interface NoticeNames {
  provider(id: string): string;
  account(connectionId: string): string;
  apiKey(id: string): string;
}

const PERIODS: Readonly<Record<'day' | 'week' | 'month', WordKey>> = {
  day: 'period.day',
  week: 'period.week',
  month: 'period.month',
};

/** What to say about an event; undefined for most. */
export function noticeOf(event: CoreEvent, words: Words, names: NoticeNames): Notice | undefined {
  const { say } = words;
  const notice = (kind: NotificationKind, path: string, values: Readonly<Record<string, string>>): Notice => ({
    ...{ kind, path },
    title: say(`notify.${kind}.title`, values),
    body: say(`notify.${kind}.body`, values),
  });
  switch (event.type) {
    case 'account-changed':
      if (event.state !== 'expired') return undefined;
      return notice('loginExpired', event.provider === undefined ? '/providers' : signInPath(event.provider), {
        provider: names.provider(event.provider ?? ''),
        account: names.account(event.connectionId),
      });
    case 'breaker-changed':
      if (event.state !== 'OPEN') return undefined;
      return notice('breakerOpened', '/limits', { provider: names.provider(event.provider) });
    case 'budget-reached':
      if (event.level !== 'reached') return undefined;
      return notice('budgetReached', '/costs', {
        key: names.apiKey(event.apiKeyId),
        used: words.money(event.usedUsd),
        limit: words.money(event.limitUsd),
        period: say(PERIODS[event.period]),
      });
    default:
      return undefined;
  }
}

/** An update waits to be installed. */
export function updateNotice(version: string, { say }: Words): Notice {
  const values = { version };
  return {
    ...{ kind: 'updateReady', path: '/settings' },
    title: say('notify.updateReady.title', values),
    body: say('notify.updateReady.body', values),
  };
}

/** Shows it, where the system can. Kept until it is gone: a collected notification does not hear its click. */
export function showNotice({ title, body }: Pick<Notice, 'title' | 'body'>, onClick?: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  shown.add(notification);
  const forget = (): void => void shown.delete(notification);
  notification.on('close', forget);
  notification.on('click', () => {
    forget();
    onClick?.();
  });
  notification.show();
  if (shown.size > SHOWN_MAX) for (const oldest of [...shown].slice(0, shown.size - SHOWN_MAX)) shown.delete(oldest);
}

const shown = new Set<Notification>();
const SHOWN_MAX = 20;
