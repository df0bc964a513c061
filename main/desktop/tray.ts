/**
 * The tray: shows the state's icon, tooltip and menu. While the menu is open its labels, marks and enabled states are
 * changed in place: giving the tray another menu would close it. Only when entries come or go is a new menu made, and not
 * before the open one is closed. Linux shows changes of entries when the same menu is given again
 * (https://www.electronjs.org/docs/latest/api/tray), and does not tell when a menu opens.
 */
import { Menu, type MenuItemConstructorOptions, nativeTheme, Tray } from 'electron';
import { trayIcon } from './resources.ts';
import { type TrayAction, type TrayEntry, trayMenu, trayTooltip } from './tray-menu.ts';
import type { ServiceLook, TrayState } from './tray-state.ts';
import type { Words } from './words.ts';

export interface TrayView {
  show(state: TrayState, words: Words): void;
}

export interface TrayPorts {
  readonly act: (action: TrayAction) => void;
  /** A click on the icon, where that does not open the menu. */
  readonly open: () => void;
}

export function createTray({ act, open }: TrayPorts): TrayView {
  const tray = new Tray(iconFile('running'));
  let shown: { readonly menu: Menu; readonly entries: readonly TrayEntry[] } | undefined;
  let look: ServiceLook = 'running';
  let isOpen = false;
  /** A menu of another structure, kept until the open one is closed. */
  let waiting: readonly TrayEntry[] | undefined;
  /** What each entry does now: an open menu keeps its click handlers while the state goes on. */
  const actions = new Map<string, TrayAction>();

  const build = (entries: readonly TrayEntry[]): void => {
    const menu = Menu.buildFromTemplate(entries.map((entry) => template(entry, (id) => run(actions.get(id)))));
    menu.on('menu-will-show', () => {
      isOpen = true;
    });
    menu.on('menu-will-close', () => {
      isOpen = false;
      if (waiting !== undefined) build(waiting);
    });
    waiting = undefined;
    shown = { menu, entries };
    tray.setContextMenu(menu);
  };
  const run = (action: TrayAction | undefined): void => {
    if (action !== undefined) act(action);
  };
  const showEntries = (entries: readonly TrayEntry[]): void => {
    actions.clear();
    for (const entry of flat(entries)) if (entry.action !== undefined) actions.set(entry.id, entry.action);
    if (shown !== undefined && structureOf(shown.entries) === structureOf(entries)) {
      waiting = undefined;
      const hasChanged = update(shown.menu, entries);
      shown = { menu: shown.menu, entries };
      if (hasChanged && process.platform === 'linux') tray.setContextMenu(shown.menu);
    } else if (shown !== undefined && isOpen) waiting = entries;
    else build(entries);
  };

  nativeTheme.on('updated', () => tray.setImage(iconFile(look)));
  // macOS opens the menu by itself; elsewhere a click on the icon is for the window.
  if (process.platform !== 'darwin') tray.on('click', open);
  return {
    show(state, words) {
      if (state.look !== look) tray.setImage(iconFile(state.look));
      look = state.look;
      tray.setToolTip(trayTooltip(state, words));
      showEntries(trayMenu(state, words));
    },
  };
}

/** macOS paints a template image itself; elsewhere a dark panel wants a light drawing. */
function iconFile(look: ServiceLook): string {
  if (process.platform === 'darwin') return trayIcon(`${look}Template`);
  return trayIcon(`${look}-${nativeTheme.shouldUseDarkColors ? 'light' : 'dark'}`);
}

/** Two menus with the same structure differ in nothing that cannot be changed in place. */
function structureOf(entries: readonly TrayEntry[]): string {
  return entries
    .map(({ id, type, entries: children }) => `${id}:${type}${children ? `(${structureOf(children)})` : ''}`)
    .join('\n');
}

function flat(entries: readonly TrayEntry[]): readonly TrayEntry[] {
  return entries.flatMap((entry) => [entry, ...flat(entry.entries ?? [])]);
}

/** Writes what differs into the menu's items. Did anything? */
function update(menu: Menu, entries: readonly TrayEntry[]): boolean {
  let hasChanged = false;
  for (const entry of flat(entries)) {
    const item = menu.getMenuItemById(entry.id);
    if (item === null || entry.type === 'separator') continue;
    const wanted = {
      label: entry.label,
      enabled: entry.isEnabled ?? true,
      ...(entry.isChecked !== undefined && { checked: entry.isChecked }),
    };
    const differs = Object.entries(wanted).some(([name, value]) => item[name as keyof typeof wanted] !== value);
    if (!differs) continue;
    Object.assign(item, wanted);
    hasChanged = true;
  }
  return hasChanged;
}

function template(entry: TrayEntry, click: (id: string) => void): MenuItemConstructorOptions {
  const { id, label, type, isEnabled = true, isChecked, entries } = entry;
  return {
    ...{ id, label, type, enabled: isEnabled },
    ...(isChecked !== undefined && { checked: isChecked }),
    ...(entries !== undefined && { submenu: entries.map((child) => template(child, click)) }),
    ...(entry.action !== undefined && { click: () => click(id) }),
  };
}
