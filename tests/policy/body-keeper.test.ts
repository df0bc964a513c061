import { expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { Secret } from '../../core/base/secret.ts';
import { createBodyKeeper } from '../../core/policy/body-keeper.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { testClock } from '../support/test-clock.ts';

const RULES = { maxBodyBytes: 1_000, maxTotalBytes: 65_536, days: 7 };

function setUp(rules = RULES, enableRequestLogs = true) {
  const { store } = temporaryStore();
  const keeper = createBodyKeeper({
    repository: store.bodies,
    rules: () => ({ enableRequestLogs, requestLogs: rules }),
    ...{ clock: testClock(), log: silentLog },
    defer: (work) => work(),
  });
  const keep = (
    requestId: string,
    request: string,
    sightBytes = keeper.sightBytes() ?? 0,
    keys: Secret[] = [],
  ): string => {
    const whole = Buffer.from(request);
    const body = { bytes: whole.subarray(0, sightBytes), totalBytes: whole.length };
    keeper.keep({ requestId, request: body, response: body, keys });
    return store.bodies.get(requestId)?.request ?? '';
  };
  return { store, keeper, keep };
}

it('asks to see nothing while it is off', () => {
  expect(setUp(RULES, false).keeper.sightBytes()).toBeUndefined();
});

it('keeps a short body as it is, and cuts a long one, saying how long it was', () => {
  const { keep } = setUp();
  expect(keep('a', '{"model":"m"}')).toBe('{"model":"m"}');
  const long = keep('b', 'word '.repeat(10_000));
  expect(long).toMatch(/… \[50000 bytes in all\]$/);
  expect(Buffer.byteLength(long)).toBeLessThan(1_100);
});

it('never cuts a letter in two', () => {
  expect(setUp().keep('a', 'ä'.repeat(5_000))).not.toContain('\uFFFD');
});

it('takes out keys it knows and credentials by their look, also across the edge', () => {
  const { keep } = setUp();
  const key = new Secret('weird/key+of:mine=1234567890');
  expect(keep('a', `{"a":"${key.reveal()}","b":"sk-proj-abcdefghijklmnop1234"}`, 5_000, [key])).toBe(
    '{"a":"[key]","b":"[key]"}',
  );
  const edge = keep('b', `${'x '.repeat(300)} ${key.reveal()}`, 615, [key]);
  expect(edge).not.toContain('weird/key');
  expect(edge).not.toContain('weird');
});

it('holds all of them to their size', () => {
  const { store, keep } = setUp({ ...RULES, maxBodyBytes: 16_000 });
  for (let index = 0; index < 100; index += 1) keep(`r-${index}`, 'x'.repeat(10_000));
  const kept = Array.from({ length: 100 }, (_unused, index) => store.bodies.get(`r-${index}`)).filter(
    (body) => body !== undefined,
  );
  expect(kept.length).toBeLessThan(8);
});
