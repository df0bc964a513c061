/** The door at work: decides about each request as it comes, and remembers which ones were local for the key check. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DoorRules, decideDoor, doorRequest, doorRules } from './door.ts';
import type { SettingsService } from './settings.ts';

export interface Doorkeeper {
  /** Throws what must not come in; true when the request is answered (a preflight), false when it may go on. */
  check(request: IncomingMessage, response: ServerResponse): boolean;
  /** Did a process of this machine ask, with nothing in between? */
  isLocal(request: IncomingMessage): boolean;
}

/** `baseUrl` is the gateway's own public URL, where one is set. */
export function openDoor(settings: SettingsService, baseUrl: string | undefined): Doorkeeper {
  const local = new WeakSet<IncomingMessage>();
  const rules = rulesInForce(settings, baseUrl);
  return {
    isLocal: (request) => local.has(request),
    check(request, response) {
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

/** The rules, made anew only when the settings change. */
function rulesInForce(settings: SettingsService, baseUrl: string | undefined): () => DoorRules {
  let from = settings.current();
  let rules = doorRules(from, baseUrl);
  return () => {
    const current = settings.current();
    if (from !== current) {
      from = current;
      rules = doorRules(current, baseUrl);
    }
    return rules;
  };
}
