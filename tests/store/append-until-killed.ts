/** A process for `usage.test.ts`: appends usage rows in groups and writes each id to stdout once its promise settled. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { usage } from './records.ts';

const store = openStore({ path: process.argv[2] ?? ':memory:', log: silentLog, clock: systemClock });
for (let turn = 0; ; turn += 1) {
  const ids = Array.from({ length: 8 }, (_, index) => `req_${turn}_${index}`);
  await Promise.all(ids.map((id) => store.usage.append({ ...usage, id }).then(() => writeSync(1, `${id}\n`))));
}
