/** Edges of days, weeks and months where clocks change; the moments are from the tz database's rules. */
import { describe, expect, it } from 'vitest';
import { lastDays, localDay, localHour, periodAt } from '../../core/base/time-zone.ts';

const at = (text: string): number => Date.parse(text);
const iso = ({ startMs, endMs }: { startMs: number; endMs: number }): string[] =>
  [startMs, endMs].map((ms) => new Date(ms).toISOString());

describe('a day', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['UTC', '2026-11-23T23:59:59.999Z', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
    ['America/Los_Angeles', '2026-11-01T20:00:00Z', '2026-11-01T07:00:00.000Z', '2026-11-02T08:00:00.000Z'],
    // Half an hour of daylight saving.
    ['Australia/Lord_Howe', '2026-04-05T00:00:00Z', '2026-04-04T13:00:00.000Z', '2026-04-05T13:30:00.000Z'],
    ['Asia/Kathmandu', '2026-11-23T12:00:00Z', '2026-11-22T18:15:00.000Z', '2026-11-23T18:15:00.000Z'],
    // Its clocks went from 24:00 to 01:00: the day began at one.
    ['America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
  ])('in %s at %s', (zone, now, start, end) => {
    expect(iso(periodAt('day', zone, at(now)))).toEqual([start, end]);
  });

  it('begins and ends at its edges to the millisecond', () => {
    const { startMs, endMs } = periodAt('day', 'Europe/Berlin', at('2026-10-25T12:00:00Z'));
    expect(endMs - startMs).toBe(25 * 3_600_000);
    expect(periodAt('day', 'Europe/Berlin', endMs).startMs).toBe(endMs);
    expect(periodAt('day', 'Europe/Berlin', endMs - 1).startMs).toBe(startMs);
  });

  it('a zone that skipped a day went on with the next one', () => {
    expect(localDay('Pacific/Apia', at('2011-12-30T09:59:59Z'))).toBe('2011-12-29');
    expect(localDay('Pacific/Apia', at('2011-12-30T10:00:00Z'))).toBe('2011-12-31');
  });
});

describe('weeks and months', () => {
  it.each([
    ['week', 'Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['week', 'Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-25T23:00:00.000Z', '2026-11-01T23:00:00.000Z'],
    ['week', 'UTC', '2027-01-01T00:00:00Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['month', 'Europe/Berlin', '2026-10-31T12:00:00Z', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
    ['month', 'UTC', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['month', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ] as const)('a %s in %s at %s', (period, zone, now, start, end) => {
    expect(iso(periodAt(period, zone, at(now)))).toEqual([start, end]);
  });
});

describe('the last days', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Cairo'])(
    'in %s lie side by side, each beginning where its day begins',
    (timeZone) => {
      const { startsMs, endMs } = lastDays(timeZone, 400, at('2026-11-25T10:00:00Z'));
      expect(startsMs).toHaveLength(400);
      startsMs.forEach((startMs, index) => {
        expect(periodAt('day', timeZone, startMs + 1)).toEqual({ startMs, endMs: startsMs[index + 1] ?? endMs });
      });
    },
  );
});

it.each([
  ['Asia/Kathmandu', '2026-11-25T10:50:30Z', '2026-11-25T10:15:00.000Z', '2026-11-25T16:00'],
  ['Europe/Berlin', '2026-11-25T23:10:00Z', '2026-11-25T23:00:00.000Z', '2026-11-26T00:00'],
])('the hour in %s at %s', (timeZone, moment, start, label) => {
  const hour = localHour(timeZone, at(moment));
  expect([new Date(hour.startMs).toISOString(), hour.label]).toEqual([start, label]);
});
