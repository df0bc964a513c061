/**
 * A process for `processes.test.ts`: refreshes one account again and again, and writes a line to stdout after each time
 * it has a token in hand. Arguments: the database, the account's id, the vendor's URL.
 */
import { writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FLOWS } from '../../../core/accounts/flows/index.ts';
import { createHttpSend } from '../../../core/accounts/http.ts';
import { createLastingCalls } from '../../../core/accounts/tokens/lasting-call.ts';
import { createTokenKeeper } from '../../../core/accounts/tokens/token-keeper.ts';
import { createTokenStore } from '../../../core/accounts/tokens/token-store.ts';
import { systemClock } from '../../../core/base/clock.ts';
import { noEvents } from '../../../core/base/event-bus.ts';
import { silentLog } from '../../../core/base/log.ts';
import { claude } from '../../../core/providers/rows/claude.ts';
import { openStore } from '../../../core/store/sqlite/open-store.ts';
import { sealingVault } from '../../../core/vault/sealing.ts';

const [, , path = ':memory:', id = '', vendor = ''] = process.argv;
const store = openStore({ path, log: silentLog, clock: systemClock });
const vault = sealingVault(Buffer.alloc(32, 7), 'a test');
const tokens = createTokenStore({ store, vault, nowMs: systemClock.nowMs });
const lasting = createLastingCalls({
  nodeProgram: process.execPath,
  folder: join(dirname(path), 'refreshes'),
  sealingKey: () => vault.derive('kept-answers'),
  send: createHttpSend({ timeoutMs: 5_000 }),
  wayOut: () => 'direct',
});
const row = { ...claude, hosts: { ...claude.hosts, token: vendor, account: vendor } };
const flow = FLOWS.find(({ provider }) => provider === row.id);
if (flow === undefined) throw new Error('There is no such flow.');
const keeper = createTokenKeeper({
  ...{ store, tokens, clock: systemClock, log: silentLog, events: noEvents },
  flowOf: () => flow,
  onChange: () => undefined,
  onKept: lasting.forget,
  refresh: (_connection, held, signal) =>
    flow.refresh(held, {
      ...{ row, clock: systemClock, signal, send: lasting.sendFor(id) },
      client: { id: row.oauth?.['clientId'] ?? '' },
      progress: () => undefined,
      pause: () => Promise.resolve(),
    }),
});
const login = keeper.loginOf(id);
for (;;) {
  try {
    const credential = await login.credential();
    writeSync(1, `${credential.key.reveal()}\n`);
  } catch (error) {
    writeSync(1, `failed ${error instanceof Error ? error.message : String(error)}\n`);
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
