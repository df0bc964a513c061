/** What the app was asked to do when it was started; a second start hands the same to the first. */
export interface Launch {
  /** Only the tray, no window. */
  readonly isHidden: boolean;
  /** A page of the dashboard. */
  readonly path?: string;
  /** The gateway's port for this run. */
  readonly port?: number;
}

export const HIDDEN_FLAG = '--hidden';
/** No authority, no parent folder, nothing that is not a path of the dashboard. */
const PAGE = /^--page=(\/(?!\/)[\w/?=&.-]*)$/;

/** Reads the flags that are ours; Chromium's and Electron's own stand between them. */
export function readLaunch(args: readonly string[]): Launch {
  const path = args.map((arg) => PAGE.exec(arg)?.[1]).find((found) => found !== undefined);
  const port = Number(args.find((arg) => /^--port=\d+$/.test(arg))?.slice('--port='.length));
  return {
    isHidden: args.includes(HIDDEN_FLAG),
    ...(path !== undefined && { path }),
    ...(port > 0 && port <= 65_535 && { port }),
  };
}
