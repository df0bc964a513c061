/** A page's title and its one primary action, put into the top bar; the tab's title follows. */
import { type ReactNode, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';

/** Where the frame shows a page's title and action. */
export const PAGE_TITLE_SLOT = 'page-title';
export const PAGE_ACTION_SLOT = 'page-action';

export interface PageHeaderProps {
  readonly title: string;
  /** The page's primary action, a `Button`. */
  readonly action?: ReactNode;
}

export function PageHeader({ title, action }: PageHeaderProps) {
  const [slots, setSlots] = useState<{ title: HTMLElement | null; action: HTMLElement | null }>();
  useEffect(() => {
    setSlots({
      title: document.getElementById(PAGE_TITLE_SLOT),
      action: document.getElementById(PAGE_ACTION_SLOT),
    });
  }, []);
  useEffect(() => {
    document.title = `${title} · OmniRoute`;
  }, [title]);
  if (slots === undefined || slots.title === null || slots.action === null) return null;
  return (
    <>
      {createPortal(<h1>{title}</h1>, slots.title)}
      {action !== undefined && createPortal(action, slots.action)}
    </>
  );
}
