/** The main process's ends of message ports whose other ends lie in a page. */
import { EventEmitter } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePortMain } from 'electron';
import type { Packed } from './preload-source.ts';
import { userData } from './surroundings.ts';

/** All that pages were sent, for whoever looks through it when the app has ended. */
const TRAFFIC = join(userData, 'ipc-traffic');

export class StandInPort extends EventEmitter implements Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> {
  readonly #send: (data: Packed) => void;
  #waiting: unknown[] | undefined = [];
  constructor(send: (data: Packed) => void) {
    super();
    this.#send = send;
  }
  postMessage(message: unknown): void {
    appendFileSync(TRAFFIC, message instanceof Uint8Array ? message : `${JSON.stringify(message)}\n`);
    this.#send(message instanceof Uint8Array ? { bytes: Buffer.from(message).toString('base64') } : { value: message });
  }
  /** Messages wait until then. */
  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const data of waiting) this.emit('message', { data, ports: [] });
  }
  close(): void {
    this.emit('close');
  }
  receive(packed: Packed): void {
    const data = 'bytes' in packed ? new Uint8Array(Buffer.from(packed.bytes, 'base64')) : packed.value;
    if (this.#waiting === undefined) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
}
