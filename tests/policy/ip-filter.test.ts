/** facts.md E.11: modes, ranges, wildcards, bans; by the socket's address only, and never against this machine itself. */
import { describe, expect, it } from 'vitest';
import { createIpFilter, type IpRules, parseEntry } from '../../core/policy/ip-filter.ts';
import { memoryKeyValues } from '../support/memory-store.ts';

function setUp(rules: Partial<IpRules>) {
  const clock = { ms: 1_000, nowMs: () => clock.ms };
  const keyValues = memoryKeyValues();
  const whole: IpRules = { enabled: true, mode: 'blacklist', blacklist: [], whitelist: [], ...rules };
  const open = () => createIpFilter({ keyValues, rules: () => whole, clock });
  const filter = open();
  const lets = (address: string, by = filter): boolean => {
    try {
      by.check(address);
      return true;
    } catch {
      return false;
    }
  };
  return { filter, lets, clock, open, keyValues };
}

describe('entries', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.168.*.*', '192.168.7.9', true],
    ['192.168.*.*', '192.169.7.9', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['2001:DB8::1', '2001:db8:0:0::1', true],
    ['::ffff:10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '::ffff:10.1.2.3', true],
    ['0.0.0.0/0', 'fd12::1', false],
    ['::ffff:10.0.0.0/104', '10.255.0.1', true],
    ['::ffff:a00:0/104', '::ffff:11.0.0.1', false],
  ])('%s and %s: %s', (entry, address, isDenied) => {
    expect(setUp({ blacklist: [entry] }).lets(address)).toBe(!isDenied);
  });

  it.each(['', 'localhost', '10.0.0', '10.0.0.0/33', '192.168.*', '999.1.1.1', '10.0.0.1; DROP', '0x7f.1'])(
    '%j is refused',
    (entry) => {
      expect(() => parseEntry(entry)).toThrow(/is no IP address/);
    },
  );
});

describe('modes', () => {
  const lists = { blacklist: ['10.0.0.0/8'], whitelist: ['10.0.0.7'] };
  it.each([
    ['blacklist', [false, false, true]],
    ['whitelist', [true, false, false]],
    ['whitelist-priority', [true, false, true]],
  ] as const)('%s', (mode, expected) => {
    const { lets } = setUp({ ...lists, mode });
    expect(['10.0.0.7', '10.0.0.8', '8.8.8.8'].map((address) => lets(address))).toEqual(expected);
  });

  it('this machine itself is never shut out', () => {
    const { lets } = setUp({ mode: 'whitelist', whitelist: ['8.8.8.8'], blacklist: ['127.0.0.0/8', '::1'] });
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map((address) => lets(address))).toEqual([true, true, true]);
  });

  it('switched off, it lets everybody in', () => {
    expect(setUp({ enabled: false, blacklist: ['8.8.8.8'] }).lets('8.8.8.8')).toBe(true);
  });
});

describe('temporary bans', () => {
  it('hold until their time, over a restart, and also while the lists are off', () => {
    const { filter, lets, clock, open } = setUp({ enabled: false });
    filter.ban({ ip: '8.8.8.8', untilMs: 5_000, reason: 'noise' });
    expect([lets('8.8.8.8'), lets('::ffff:8.8.8.8'), lets('8.8.4.4')]).toEqual([false, false, true]);
    expect(lets('8.8.8.8', open())).toBe(false);
    clock.ms = 5_000;
    expect(lets('8.8.8.8')).toBe(true);
    expect(filter.bans()).toEqual([]);
  });

  it.each([
    ['2001:DB8:0:0::0001', '2001:db8::1'],
    ['::ffff:808:808', '8.8.8.8'],
    ['2001:db8::1.2.3.4', '2001:db8::102:304'],
  ])('%s is the address that a socket names %s', (written, named) => {
    const { filter, lets, open } = setUp({});
    filter.ban({ ip: written, untilMs: 5_000, reason: '' });
    expect([lets(named), lets(named, open())]).toEqual([false, false]);
    expect(filter.unban(named)).toBe(true);
    expect([filter.bans(), open().bans()]).toEqual([[], []]);
  });

  it('that were kept under another spelling hold, and end for good', () => {
    const { keyValues, lets, open } = setUp({});
    keyValues.set('ipBans', '2001:db8:0:0::1', { untilMs: 5_000, reason: '' });
    expect(lets('2001:db8::1', open())).toBe(false);
    open().unban('2001:db8::1');
    expect(open().bans()).toEqual([]);
  });

  it.each(['10.1', '3232235777', '10.0.0.0/8', '::ffff:7f00:1', '127.0.0.1'])('%s cannot be banned', (ip) => {
    expect(() => setUp({}).filter.ban({ ip, untilMs: 5_000, reason: '' })).toThrow(/no IP address|itself/);
  });

  it('can be taken back, and never meet this machine', () => {
    const { filter, lets } = setUp({});
    filter.ban({ ip: '8.8.8.8', untilMs: 5_000, reason: '' });
    expect(filter.unban('8.8.8.8')).toBe(true);
    expect(lets('8.8.8.8')).toBe(true);
    expect(() => filter.ban({ ip: '127.0.0.1', untilMs: 5_000, reason: '' })).toThrow(/itself/);
  });
});
