/**
 * The preload script as it runs in a page: bundled from its source, in an isolated world of the page with a `require` that
 * knows Electron's part for sandboxed renderers and nothing else. Message ports are the page's own at its end; what comes
 * through them goes to the main process over a binding, and back by `standInDeliver`.
 */
import { join } from 'node:path';
import { build } from 'vite';
import { appPath } from './surroundings.ts';

export const WORLD = 'stand-in-preload';
export const BINDING = 'standInSend';

/** What the world says to the main process, as JSON. */
export type FromPreload =
  | { readonly type: 'ipc'; readonly channel: string; readonly message: unknown; readonly ports: readonly number[] }
  | { readonly type: 'port'; readonly port: number; readonly data: Packed };

/** A message through a port: text and JSON as they are, bytes in base64. */
export type Packed = { readonly bytes: string } | { readonly value: unknown };

let bundled: Promise<string> | undefined;

/** The script for `Page.addScriptToEvaluateOnNewDocument`. `file`: as the app names it, `dist/preload/index.cjs`. */
export async function preloadSource(file: string): Promise<string> {
  if (file !== join(appPath, 'dist', 'preload', 'index.cjs')) throw new Error(`There is no preload script ${file}.`);
  bundled ??= bundle();
  return `(${worldScript.toString()})(${JSON.stringify(BINDING)}, function (require, module, exports) {${await bundled}\n});`;
}

async function bundle(): Promise<string> {
  const result = await build({
    ...{ root: appPath, configFile: false, logLevel: 'silent', publicDir: false },
    build: {
      ...{ write: false, minify: false, target: 'chrome120' },
      lib: { entry: join(appPath, 'preload', 'index.ts'), formats: ['cjs'] },
      rolldownOptions: { external: ['electron'] },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk === undefined) throw new Error('The preload script could not be bundled.');
  return chunk.code;
}

/** The page's own classes: this program is compiled without them. */
interface PagePort {
  onmessage: (event: { readonly data: unknown }) => void;
  postMessage(data: unknown): void;
}

/** Runs in the page: it may use nothing from outside itself. */
function worldScript(binding: string, preload: (...args: unknown[]) => void): void {
  const world = globalThis as unknown as Record<string, unknown>;
  if (world['window'] !== world['top']) return;
  const ports = new Map<number, PagePort>();
  const send = (message: object): void => (world[binding] as (text: string) => void)(JSON.stringify(message));
  const pack = (data: unknown): object =>
    data instanceof Uint8Array ? { bytes: btoa(String.fromCharCode(...data)) } : { value: data };
  const unpack = (data: { bytes?: string; value?: unknown }): unknown =>
    data.bytes === undefined ? data.value : Uint8Array.from(atob(data.bytes), (character) => character.charCodeAt(0));
  const hold = (port: PagePort): number => {
    const id = ports.size + 1;
    ports.set(id, port);
    port.onmessage = ({ data }) => send({ type: 'port', port: id, data: pack(data) });
    return id;
  };
  world['standInDeliver'] = (id: number, data: { bytes?: string; value?: unknown }) =>
    ports.get(id)?.postMessage(unpack(data));
  const ipcRenderer = {
    postMessage: (channel: string, message: unknown, transfer: PagePort[] = []) =>
      send({ type: 'ipc', channel, message, ports: transfer.map(hold) }),
  };
  const module = { exports: {} };
  const require = (name: string): unknown => {
    if (name === 'electron') return { ipcRenderer };
    throw new Error(`A sandboxed preload script cannot load "${name}".`);
  };
  preload(require, module, module.exports);
}
