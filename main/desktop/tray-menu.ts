/**
 * The tray's menu and tooltip as values: from the state to entries, without Electron. Every entry has an id that stays the
 * same while its label changes, so that an open menu can be updated in place (`tray.ts`).
 */
import type { DesktopPreferences, NotificationKind, UpdateState } from '../../core/management/desktop.ts';
import { providerPath, signInPath } from './links.ts';
import type { LoginLine, TrayState } from './tray-state.ts';
import type { WordKey, Words } from './words.ts';

/** What a click asks for. */
export type TrayAction =
  /** A page of the dashboard; absent: the one it was on. */
  | { readonly do: 'open'; readonly path?: string }
  | { readonly do: 'browse' }
  | { readonly do: 'copy'; readonly text: string }
  | { readonly do: 'pause'; readonly isPaused: boolean }
  | { readonly do: 'port'; readonly port: number }
  | { readonly do: 'ask-port' }
  | { readonly do: 'prefer'; readonly values: Partial<DesktopPreferences> }
  | { readonly do: 'update' }
  | { readonly do: 'quit' };

export interface TrayEntry {
  readonly id: string;
  readonly label: string;
  readonly type: 'normal' | 'separator' | 'checkbox' | 'radio' | 'submenu';
  readonly isEnabled?: boolean;
  readonly isChecked?: boolean;
  readonly action?: TrayAction;
  readonly entries?: readonly TrayEntry[];
}

export const PORT_PRESETS = [20_128, 3_000, 8_080];
const COMBOS_MAX = 40;
/** Of an entry's label, in characters: a menu is as wide as its longest one. */
const LABEL_MAX = 72;
/** Of an account's name in it, so that what is left of the account is still seen. */
const ACCOUNT_MAX = 24;

/** The whole menu. */
export function trayMenu(state: TrayState, words: Words): readonly TrayEntry[] {
  const { say } = words;
  const { preferences } = state;
  const isPaused = state.look === 'paused';
  return [
    item('status', statusLine(state, words), { do: 'open', path: '/usage' }),
    separator('after-status'),
    item('open-dashboard', say('menu.openDashboard'), { do: 'open' }),
    item('open-in-browser', say('menu.openInBrowser'), { do: 'browse' }),
    submenu('copy-endpoint', say('menu.copyEndpoint'), endpoints(state.port)),
    separator('after-endpoint'),
    submenu('connect', say('menu.connect'), [
      ...state.logins.map((login) => loginEntry(login, state.nowMs, words)),
      ...(state.logins.length > 0 ? [separator('after-logins')] : []),
      item('connect-all', say('menu.allProviders'), { do: 'open', path: '/providers' }),
    ]),
    submenu('combos', say('menu.combos'), combos(state.combos, words)),
    separator('after-combos'),
    item('pause', say(isPaused ? 'menu.resume' : 'menu.pause'), { do: 'pause', isPaused: !isPaused }),
    submenu('port', say('menu.port'), ports(state.port, words)),
    separator('after-port'),
    checkbox('launch-at-login', say('menu.launchAtLogin'), {
      ...preference('launchAtLogin', preferences.launchAtLogin),
    }),
    checkbox('shortcut', say('menu.shortcut', { keys: state.shortcutKeys }), {
      ...preference('shortcut', preferences.shortcut),
    }),
    submenu('notifications', say('menu.notifications'), notifications(preferences, words)),
    updateEntry(state.update, words),
    item('settings', say('menu.settings'), { do: 'open', path: '/settings' }),
    item('about', say('menu.about'), { do: 'open', path: '/about' }),
    separator('before-quit'),
    item('quit', say('menu.quit'), { do: 'quit' }),
  ];
}

/** `localhost:20128 · 42 requests · $1.23 today` */
export function trayTooltip(state: TrayState, words: Words): string {
  return `OmniRoute · localhost:${state.port} · ${statusLine(state, words)}`;
}

/** What it costs today; when it does not simply run, that first. */
function statusLine({ look, costToday, requestsToday }: TrayState, words: Words): string {
  const today = words.say(requestsToday === 1 ? 'status.todayOne' : 'status.today', {
    cost: words.money(costToday),
    requests: words.count(requestsToday),
  });
  return look === 'running' ? today : `${words.say(`status.${look}`)} · ${today}`;
}

/** The base URL as the clients of each protocol want it. */
function endpoints(port: number): readonly TrayEntry[] {
  const base = `http://localhost:${port}`;
  const forms = [
    { id: 'copy-openai', name: 'OpenAI', url: `${base}/v1` },
    { id: 'copy-anthropic', name: 'Anthropic', url: base },
    { id: 'copy-gemini', name: 'Gemini', url: base },
  ];
  return forms.map(({ id, name, url }) => item(id, `${name} · ${url}`, { do: 'copy', text: url }));
}

/** `Claude Code · ada@example.com +1 · 62 % left · resets 14:00` */
function loginEntry(login: LoginLine, nowMs: number, words: Words): TrayEntry {
  const { say } = words;
  const { state, leftPercent, resetsAtMs } = login;
  const parts = [whoseLogin(login)];
  if (state === 'signed-out') parts.push(say('login.signedOut'));
  else if (state === 'expired') parts.push(say('login.expired'));
  else if (state === 'refused') parts.push(say('login.refused'));
  else if (leftPercent === undefined) parts.push(say('login.connected'));
  else parts.push(say('login.left', { percent: words.percent(leftPercent) }));
  if (state === 'connected' && leftPercent !== undefined && resetsAtMs !== undefined)
    parts.push(say('login.resets', { time: words.time(resetsAtMs, nowMs) }));
  return item(`connect-${login.provider}`, parts.join(' · '), { do: 'open', path: loginPath(login) });
}

/** An account that its provider tells nothing of is named like the provider. */
function whoseLogin({ name, account = name, others = 0 }: LoginLine): string {
  const whose = account === name ? name : `${name} · ${shortened(account, ACCOUNT_MAX)}`;
  return others > 0 ? `${whose} +${others}` : whose;
}

/** To the dialog, or to the accounts where there are some that serve. */
function loginPath({ provider, state }: LoginLine): string {
  return state === 'signed-out' || state === 'expired' ? signInPath(provider) : providerPath(provider);
}

function combos(names: readonly string[], { say }: Words): readonly TrayEntry[] {
  if (names.length === 0)
    return [
      { ...item('no-combos', say('menu.noCombos')), isEnabled: false },
      item('new-combo', say('menu.newCombo'), { do: 'open', path: '/combos' }),
    ];
  return names.slice(0, COMBOS_MAX).map((name) => item(`combo-${name}`, name, { do: 'copy', text: name }));
}

/** The current one, the usual ones, and any other. */
function ports(current: number, { say }: Words): readonly TrayEntry[] {
  const others = PORT_PRESETS.filter((port) => port !== current);
  return [
    { ...item('port-now', say('menu.portNow', { port: current })), type: 'radio', isChecked: true, isEnabled: false },
    ...others.map(
      (port): TrayEntry => ({
        ...item(`port-${port}`, String(port), { do: 'port', port }),
        type: 'radio',
        isChecked: false,
      }),
    ),
    separator('after-ports'),
    item('port-custom', say('menu.portCustom'), { do: 'ask-port' }),
  ];
}

function notifications(preferences: DesktopPreferences, { say }: Words): readonly TrayEntry[] {
  const kinds = Object.entries(preferences.notifications) as [NotificationKind, boolean][];
  return kinds.map(([kind, isOn]) =>
    checkbox(`notify-${kind}`, say(`notify.${kind}`), {
      isChecked: isOn,
      action: { do: 'prefer', values: { notifications: { ...preferences.notifications, [kind]: !isOn } } },
    }),
  );
}

const UPDATE_WORDS: Readonly<Record<UpdateState['state'], WordKey>> = {
  idle: 'menu.checkForUpdates',
  current: 'menu.checkForUpdates',
  failed: 'menu.checkForUpdates',
  unsupported: 'menu.checkForUpdates',
  checking: 'menu.checking',
  available: 'menu.downloadUpdate',
  downloading: 'menu.downloading',
  ready: 'menu.installUpdate',
};

function updateEntry({ state, version = '', percent = 0 }: UpdateState, words: Words): TrayEntry {
  const label = words.say(UPDATE_WORDS[state], { version, percent: words.percent(percent) });
  return { ...item('update', label, { do: 'update' }), isEnabled: state !== 'checking' && state !== 'downloading' };
}

function preference(name: 'launchAtLogin' | 'shortcut', isOn: boolean): Pick<TrayEntry, 'isChecked' | 'action'> {
  return { isChecked: isOn, action: { do: 'prefer', values: { [name]: !isOn } } };
}

function item(id: string, label: string, action?: TrayAction): TrayEntry {
  return { id, label: shortened(label), type: 'normal', ...(action !== undefined && { action }) };
}

function checkbox(id: string, label: string, rest: Pick<TrayEntry, 'isChecked' | 'action'>): TrayEntry {
  return { id, label: shortened(label), type: 'checkbox', ...rest };
}

function submenu(id: string, label: string, entries: readonly TrayEntry[]): TrayEntry {
  return { id, label, type: 'submenu', entries };
}

function separator(id: string): TrayEntry {
  return { id, label: '', type: 'separator' };
}

function shortened(label: string, limit = LABEL_MAX): string {
  return label.length <= limit ? label : `${label.slice(0, limit - 1)}…`;
}
