/**
 * Keeps the bodies of requests and answers, where the user asked for it (`enableRequestLogs`) and the API key does not
 * forbid it. Secrets are taken out, each body is cut to a size, and all of them together are held to a size and an age.
 * The work is done after the answer, never while it waits.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { redacted, scrubbed } from '../base/scrub.ts';
import type { Secret } from '../base/secret.ts';
import type { BodyRepository } from '../store/store.ts';
import type { Settings } from './settings.ts';

/** A body as it was seen: its beginning, and how long it was. */
export interface SeenBody {
  /** At most `sightBytes`. */
  readonly bytes: Buffer;
  readonly totalBytes: number;
}

export interface SeenBodies {
  readonly requestId: string;
  readonly request: SeenBody;
  readonly response: SeenBody;
  /** Keys that may stand in them. */
  readonly keys: readonly Secret[];
}

export interface BodyKeeper {
  /** How much of a body is to be looked at; undefined: nothing is kept. */
  sightBytes(): number | undefined;
  /** Keeps them, a moment later. A write that fails is logged. */
  keep(bodies: SeenBodies): void;
}

export interface BodyKeeperPorts {
  readonly repository: BodyRepository;
  rules(): Pick<Settings, 'enableRequestLogs' | 'requestLogs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs work after the request in hand. Default: setImmediate. */
  readonly defer?: (work: () => void) => void;
}

const DAY_MS = 86_400_000;
/** Looked at beyond what is kept, so that a secret across the edge is recognised. */
const MARGIN_BYTES = 4_096;
/** The table is held to its size each time so much was added. */
const PRUNE_EVERY_BYTES = 8 * 1024 * 1024;

export function createBodyKeeper(ports: BodyKeeperPorts): BodyKeeper {
  const { repository, rules, clock, log, defer = (work) => void setImmediate(work) } = ports;
  let addedBytes = 0;
  const write = ({ requestId, request, response, keys }: SeenBodies): void => {
    const { maxBodyBytes, maxTotalBytes, days } = rules().requestLogs;
    const nowMs = clock.nowMs();
    const text = (body: SeenBody): string => keptText(body, keys, maxBodyBytes);
    const record = { requestId, createdAtMs: nowMs, request: text(request), response: text(response) };
    repository.put(record);
    addedBytes += record.request.length + record.response.length;
    if (addedBytes < Math.min(PRUNE_EVERY_BYTES, maxTotalBytes / 4)) return;
    addedBytes = 0;
    repository.prune(nowMs - days * DAY_MS, maxTotalBytes);
  };
  return {
    sightBytes() {
      const { enableRequestLogs, requestLogs } = rules();
      return enableRequestLogs ? requestLogs.maxBodyBytes + MARGIN_BYTES : undefined;
    },
    keep(bodies) {
      defer(() => {
        try {
          write(bodies);
        } catch (cause) {
          log.warn('The bodies of a request could not be kept.', { request: bodies.requestId, reason: String(cause) });
        }
      });
    },
  };
}

/** Without secrets, cut to the size, and saying so. What stands at the edge of the sight may be half a secret, and goes. */
function keptText({ bytes, totalBytes }: SeenBody, keys: readonly Secret[], limitBytes: number): string {
  const isCutShort = totalBytes > bytes.length;
  const seen = isCutShort ? bytes.toString('utf8').replace(/[^\s"',]{1,4096}$/, '') : bytes.toString('utf8');
  const clean = redacted(keys.reduce((text, key) => (mayHold(text, key) ? scrubbed(text, key) : text), seen));
  const cut = Buffer.from(clean);
  if (!isCutShort && cut.length <= limitBytes) return clean;
  const kept = cut
    .subarray(0, limitBytes)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
  return `${kept}… [${totalBytes} bytes in all]`;
}

/** Most texts hold none of many keys. Letters, digits and dashes look alike in every encoding. */
function mayHold(text: string, key: Secret): boolean {
  const begin = key.reveal().slice(0, 8);
  return !/^[\w-]{8}$/.test(begin) || text.includes(begin);
}
