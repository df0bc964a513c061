/**
 * Where the person is, as the router sees it. The browser's own address moves as it likes (Back, Forward); this place
 * follows only while nothing would be lost by it. Else the way is held: the page stays until the person has answered.
 */
import { useSyncExternalStore } from 'react';

interface Place {
  readonly path: string;
  readonly search: string;
  /** Which entry of the tab's history it is: Back is one less. Kept in the entry's own state, so that a reload knows it. */
  readonly index: number;
}

/** A way that waits for an answer. */
export interface HeldWay {
  readonly leave: () => void;
  readonly stay: () => void;
}

interface Options {
  readonly replace?: boolean;
}

let here: Place = { path: '/', search: '', index: 0 };
let held: HeldWay | undefined;
/** The entry that Back or Forward may go to because the person said so. */
let allowedIndex: number | undefined;
/** Pages with something to lose. */
const guards = new Set<symbol>();
const listeners = new Set<() => void>();

/** To be called once, before the first page is drawn. */
export function followHistory(): void {
  const index = indexOf(history.state) ?? 0;
  history.replaceState({ index }, '');
  arriveAt(index);
  window.addEventListener('popstate', ({ state }) => onStep(indexOf(state)));
  window.addEventListener('beforeunload', (event) => {
    if (guards.size > 0) event.preventDefault();
  });
}

/** From now on every way out asks first, until what it returns is called. */
export function guardPlace(): () => void {
  const guard = Symbol('guard');
  guards.add(guard);
  return () => {
    guards.delete(guard);
    if (guards.size === 0) hold(undefined);
  };
}

/** Goes there without a question: what would be lost is saved. */
export function goUnasked(to: string, { replace = false }: Options = {}): void {
  const index = replace ? here.index : here.index + 1;
  if (replace) history.replaceState({ index }, '', to);
  else history.pushState({ index }, '', to);
  arriveAt(index);
}

function go(to: string, options?: Options): void {
  const { pathname, search } = new URL(to, location.href);
  if (isHeld(pathname, search)) holdUntilAnswer(() => goUnasked(to, options));
  else goUnasked(to, options);
}

/** Back, Forward, or a `#` link, whose new entry has no index yet. */
function onStep(index = here.index + 1): void {
  const steps = index - here.index;
  const isAllowed = index === allowedIndex || !isHeld(location.pathname, location.search);
  if (isAllowed || steps === 0) {
    allowedIndex = undefined;
    if (indexOf(history.state) === undefined) history.replaceState({ index }, '');
    arriveAt(index);
    return;
  }
  // The address goes back to the page that is still shown.
  history.go(-steps);
  holdUntilAnswer(() => {
    allowedIndex = index;
    history.go(steps);
  });
}

const isHeld = (path: string, search: string): boolean =>
  guards.size > 0 && (path !== here.path || search !== here.search);

function holdUntilAnswer(leave: () => void): void {
  const answer = (then?: () => void) => (): void => {
    hold(undefined);
    then?.();
  };
  hold({ leave: answer(leave), stay: answer() });
}

function hold(way: HeldWay | undefined): void {
  held = way;
  tell();
}

function arriveAt(index: number): void {
  here = { path: location.pathname, search: location.search, index };
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function indexOf(state: unknown): number | undefined {
  const index = (state as { readonly index?: unknown } | null)?.index;
  return typeof index === 'number' ? index : undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The router's `hook`: the path and the way to another. */
export const usePlace = (): [string, (to: string, options?: Options) => void] => [
  useSyncExternalStore(subscribe, () => here.path),
  go,
];
/** The router's `searchHook`. */
export const usePlaceSearch = (): string => useSyncExternalStore(subscribe, () => here.search);
/** The way that waits for an answer now. */
export const useHeldWay = (): HeldWay | undefined => useSyncExternalStore(subscribe, () => held);
