/**
 * A process for `lasting-call.test.ts`: makes one lasting call through a tunnel of its own. Arguments: the folder of kept
 * answers, the origin to call, the port that the tunnel leads to, the key in base64.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createLastingCalls } from '../../../core/accounts/tokens/lasting-call.ts';

const [, , folder = '', origin = '', port = '', key = ''] = process.argv;
const lasting = createLastingCalls({
  ...{ nodeProgram: process.execPath, folder },
  sealingKey: () => Buffer.from(key, 'base64'),
  send: () => Promise.reject(new Error('made here')),
  wayOut: () => ({
    openTunnel: async () => {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
  }),
});
const headers = { 'content-type': 'application/json', 'x-a': 'b' };
const body = '{"refresh_token":"rt-1"}';
// Held open: the caller alone keeps no process alive.
setInterval(() => undefined, 60_000);
await lasting.sendFor('c1')({ method: 'POST', url: `${origin}/token`, headers, body }, AbortSignal.timeout(60_000));
