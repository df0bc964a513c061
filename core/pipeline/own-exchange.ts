/** An exchange that no client opened: a request of the gateway's own, in OpenAI's shape, recorded like any other. */
import type { Cancellation } from '../base/cancellation.ts';
import { randomId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { JsonScan } from '../base/json-scan.ts';
import { FORMATS } from '../formats/index.ts';
import type { Snapshot } from '../routing/snapshot.ts';
import type { Caller, Exchange } from './exchange.ts';
import { Ledger, type LedgerOpening, type LedgerPorts } from './ledger.ts';

export interface OwnRequest extends Pick<LedgerOpening, 'endpoint' | 'clientFormat'> {
  /** Holds no `stream: true`. */
  readonly body: JsonObject & { readonly model: string };
  /** Who pays. */
  readonly caller: Caller;
  readonly snapshot: Snapshot;
  readonly cancellation: Cancellation;
}

export function ownExchange(request: OwnRequest, ledger: LedgerPorts): Exchange {
  const { body, endpoint, clientFormat, caller, snapshot, cancellation } = request;
  const id = randomId();
  const codec = FORMATS['openai-chat'];
  return {
    ...{ id, endpoint, codec, caller, snapshot, cancellation },
    format: 'openai-chat',
    mayPass: true,
    framing: codec.framing,
    headers: {},
    scan: new JsonScan([Buffer.from(JSON.stringify(body))]),
    model: body.model,
    stream: false,
    ledger: new Ledger(ledger, { id, endpoint, clientFormat, caller }),
    body: () => body,
    request: () => codec.decodeRequest(body),
  };
}
