/** Menus and the tray, kept as they are; `clickItem` does what a click of a person does. */
import { EventEmitter } from 'node:events';
import type {
  MenuItemConstructorOptions,
  Menu as RealMenu,
  MenuItem as RealMenuItem,
  Tray as RealTray,
} from 'electron';

type ItemMembers = 'id' | 'label' | 'enabled' | 'visible' | 'checked' | 'type' | 'click';

export class MenuItem implements Pick<RealMenuItem, ItemMembers> {
  id: string;
  label: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  type: RealMenuItem['type'];
  click: () => void;
  readonly submenu: Menu | undefined;

  constructor({ click, submenu, ...options }: MenuItemConstructorOptions) {
    this.id = options.id ?? '';
    this.label = options.label ?? '';
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.type = options.type ?? (submenu === undefined ? 'normal' : 'submenu');
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : undefined;
    // What the real one passes is for menus of windows.
    this.click = () => (click as (() => void) | undefined)?.();
  }
}

export class Menu extends EventEmitter {
  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): Menu {
    const menu = new Menu();
    for (const options of template) menu.items.push(new MenuItem(options));
    return menu;
  }
  static setApplicationMenu(_menu: Menu | null): void {
    // Windows of the stand-in have no menu bar.
  }
  readonly items: MenuItem[] = [];
  getMenuItemById(id: string): RealMenuItem | null {
    const found = this.items.find((item) => item.id === id);
    if (found !== undefined) return found as unknown as RealMenuItem;
    for (const { submenu } of this.items) {
      const inside = submenu?.getMenuItemById(id);
      if (inside) return inside;
    }
    return null;
  }
}

export class Tray extends EventEmitter implements Pick<RealTray, 'setImage' | 'setToolTip' | 'setContextMenu'> {
  /** The one of the app. */
  static current: Tray | undefined;
  image: string;
  tooltip = '';
  menu: Menu | undefined;
  constructor(image: string) {
    super();
    this.image = image;
    Tray.current = this;
  }
  setImage(image: Parameters<RealTray['setImage']>[0]): void {
    this.image = String(image);
  }
  setToolTip(tooltip: string): void {
    this.tooltip = tooltip;
  }
  setContextMenu(menu: RealMenu | null): void {
    this.menu = (menu ?? undefined) as Menu | undefined;
  }
}

/** A menu's item as tests see it. */
export interface ItemView {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly items?: readonly ItemView[];
}

export function viewOf({ items }: Menu): readonly ItemView[] {
  return items
    .filter(({ visible }) => visible)
    .map(({ id, label, type, enabled, checked, submenu }) => ({
      ...{ id, label, type, enabled, checked },
      ...(submenu !== undefined && { items: viewOf(submenu) }),
    }));
}

/** Throws where a person could not have clicked. A checkbox changes before it is told, as in the real one. */
export function clickItem(menu: Menu, id: string): void {
  const item = menu.getMenuItemById(id) as unknown as MenuItem | null;
  if (item === null) throw new Error(`The menu has no entry "${id}".`);
  if (!item.enabled || item.type === 'separator' || item.type === 'submenu')
    throw new Error(`The entry "${id}" cannot be clicked.`);
  if (item.type === 'checkbox') item.checked = !item.checked;
  if (item.type === 'radio') item.checked = true;
  item.click();
}
