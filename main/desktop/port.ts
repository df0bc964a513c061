/**
 * Which port the gateway takes. Where the wanted one is in use, whoever is there is asked who they are: an OmniRoute on the
 * same data is left to serve and handed over to; anybody else is passed by to the next free port.
 */
import { createServer } from 'node:net';
import { net } from 'electron';
import { asObject, asString } from '../../core/base/json.ts';

export const LOCAL_HOST = '127.0.0.1';

export type PortChoice =
  /** It is free. */
  | { readonly kind: 'wanted'; readonly port: number }
  /** An OmniRoute serves the same data there. */
  | { readonly kind: 'ours'; readonly port: number }
  /** Somebody else is there; `port` is the next free one. */
  | { readonly kind: 'next'; readonly port: number };

const ANSWER_LIMIT_MS = 2_000;
const TRIES = 50;
const LAST_PORT = 65_535;

/** Throws when none of the next ports is free. `instance`: by which ours is known (core/policy/service-state.ts). */
export async function choosePort(wanted: number, instance: string): Promise<PortChoice> {
  if (await isFree(wanted)) return { kind: 'wanted', port: wanted };
  if ((await instanceAt(wanted)) === instance) return { kind: 'ours', port: wanted };
  for (let port = wanted + 1; port <= Math.min(wanted + TRIES, LAST_PORT); port += 1)
    if (await isFree(port)) return { kind: 'next', port };
  throw new Error(`Port ${wanted} is in use, and so are the ${TRIES} after it.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: LOCAL_HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The instance of the OmniRoute that answers there; undefined when something else does, or nothing in time. */
async function instanceAt(port: number): Promise<string | undefined> {
  try {
    const answer = await net.fetch(`http://${LOCAL_HOST}:${port}/health`, {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      redirect: 'error',
    });
    const said = asObject(JSON.parse(await answer.text()));
    return asString(said?.['name']) === 'OmniRoute' ? asString(said?.['instance']) : undefined;
  } catch {
    return undefined;
  }
}
