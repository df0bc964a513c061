/** The door at work: decides about each request as it comes, and remembers which ones were local for the key check. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DoorRules, decideDoor, doorRequest, doorRules } from './door.ts';
import type { IpFilter } from './ip-filter.ts';
import type { SettingsService } from './settings-service.ts';

export interface Doorkeeper {
  /** Throws what must not come in; true when the request is answered (a preflight), false when it may go on. */
  check(request: IncomingMessage, response: ServerResponse): boolean;
  /** Did a process of this machine ask, with nothing in between? */
  isLocal(request: IncomingMessage): boolean;
}

export interface OwnAddress {
  /** The gateway's own public URL, where one is set. */
  readonly baseUrl?: string | undefined;
  /** The address listened on, as `name:port`; undefined before that. Whoever chose it may also ask for it. */
  bound(): string | undefined;
}

export function openDoor(settings: SettingsService, own: OwnAddress, filter: Pick<IpFilter, 'check'>): Doorkeeper {
  const local = new WeakSet<IncomingMessage>();
  const rules = rulesInForce(settings, own);
  return {
    isLocal: (request) => local.has(request),
    check(request, response) {
      filter.check(request.socket.remoteAddress);
      const decision = decideDoor(doorRequest(request), rules());
      if (decision.kind === 'refuse') throw decision.error;
      for (const [name, value] of Object.entries(decision.headers)) response.setHeader(name, value);
      if (decision.kind === 'answer') {
        response.writeHead(decision.status).end();
        return true;
      }
      if (decision.isLocal) local.add(request);
      return false;
    },
  };
}

/** The rules, made anew only when the settings or the address change. */
function rulesInForce(settings: SettingsService, { baseUrl, bound }: OwnAddress): () => DoorRules {
  let from: ReturnType<SettingsService['current']> | undefined;
  let at: string | undefined;
  let rules = doorRules(settings.current(), baseUrl);
  return () => {
    const [current, address] = [settings.current(), bound()];
    if (from === current && at === address) return rules;
    from = current;
    at = address;
    const set = doorRules(current, baseUrl);
    rules = address === undefined ? set : { ...set, allowedHosts: [...set.allowedHosts, address] };
    return rules;
  };
}
