/** `node seed-usage.ts <database file> <rows> [days]`: writes that many finished requests, spread over the last month or so many days. */
import { systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { seedYear } from '../support/seed-year.ts';

const [path = '', rows = '0', days = '30'] = process.argv.slice(2);
const store = openStore({ path, log: silentLog, clock: systemClock });
await seedYear(store, { requests: Number(rows), nowMs: Date.now(), days: Number(days) });
await store.close();
