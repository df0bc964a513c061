/** Tells screen readers what happened without moving the focus. The region itself stands in the application's frame. */
let write: ((text: string) => void) | undefined;

export function announce(text: string): void {
  write?.(text);
}

/** Called by the frame with the setter of its `aria-live` region. */
export function connectAnnouncer(writer: ((text: string) => void) | undefined): void {
  write = writer;
}
