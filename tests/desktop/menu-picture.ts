/** Draws a recorded tray menu as a picture: the system's own menu cannot be photographed. The picture says so. */
import type { Page } from 'playwright-core';
import type { TrayView } from './stand-in/control.ts';
import type { ItemView } from './stand-in/menus.ts';

const STYLE = `body{margin:0;padding:24px;background:#cbd5e1;font:13px/1 Inter,system-ui,sans-serif;width:max-content}
main{display:flex;gap:4px;align-items:flex-start}
ul{list-style:none;margin:0;padding:5px;min-width:230px;background:#f8fafcf2;border:1px solid #94a3b8;border-radius:8px;box-shadow:0 8px 24px #0f172a33}
li{padding:6px 10px;padding-inline-start:24px;border-radius:4px;position:relative;white-space:nowrap;color:#0f172a}
li.separator{padding:0;margin:5px 8px;height:1px;background:#cbd5e1}li.off{color:#64748b}li.open{background:#4f46e5;color:#fff}
li.submenu::after{content:"›";position:absolute;inset-inline-end:10px}:dir(rtl)>li.submenu::after{content:"‹"}
li.checked::before{content:"✓";position:absolute;inset-inline-start:8px}
small{color:#475569;display:block;margin-top:12px}`;

export interface Drawing {
  /** The submenu beside it. */
  readonly open: string;
  /** As the system of such a language lays menus out. */
  readonly direction?: 'ltr' | 'rtl';
}

/** Shows the menu in `page`. */
export async function drawMenu(
  page: Page,
  { items, tooltip }: TrayView,
  { open, direction = 'ltr' }: Drawing,
): Promise<void> {
  const beside = items.find(({ id }) => id === open)?.items ?? [];
  await page.setContent(
    `<!doctype html><html dir="${direction}"><meta charset="utf-8"><style>${STYLE}</style><main>${list(items, open)}${list(beside, '')}</main><small>${escaped(tooltip)}</small><small dir="ltr">Drawn from the menu that the app gave to the tray</small>`,
  );
}

function list(items: readonly ItemView[], open: string): string {
  return `<ul>${items.map((item) => row(item, open)).join('')}</ul>`;
}

function row({ id, label, type, enabled, checked }: ItemView, open: string): string {
  const classes = [
    type,
    ...(enabled ? [] : ['off']),
    ...(checked ? ['checked'] : []),
    ...(id === open ? ['open'] : []),
  ];
  return `<li class="${classes.join(' ')}">${escaped(label)}</li>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
