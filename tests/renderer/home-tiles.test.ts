import { describe, expect, it } from 'vitest';
import { type TileAccount, tilesOf } from '../../renderer/features/home/tiles.ts';

type Known = Parameters<typeof tilesOf>[1];
const NOTHING: Known = { snapshot: undefined, providers: undefined, history: undefined, quotas: undefined };
const account = (provider: string, testStatus: string, isActive = true): TileAccount => ({
  provider,
  testStatus,
  isActive,
});
const snapshot = (change: Partial<NonNullable<Known['snapshot']>>): Known['snapshot'] => ({
  ...{ atMs: 0, version: '1', active: [], openBreakers: [], resting: [] },
  today: { sinceMs: 0, requests: 0, failures: 0, promptTokens: 0, completionTokens: 0, cost: 0, saved: 0 },
  ...change,
});

describe('provider tiles', () => {
  it.each([
    ['healthy', [account('a', 'active')], undefined],
    ['healthy', [account('a', 'unknown')], undefined],
    ['off', [account('a', 'active', false)], undefined],
    ['failing', [account('a', 'error')], undefined],
    ['failing', [account('a', 'expired', false)], undefined],
    ['degraded', [account('a', 'expired', false), account('a', 'active')], undefined],
    ['degraded', [account('a', 'error'), account('a', 'active')], undefined],
    ['healthy', [account('a', 'error', false), account('a', 'active')], undefined],
    [
      'degraded',
      [account('a', 'active')],
      snapshot({ resting: [{ connectionId: 'x', provider: 'a', untilMs: 9, message: 'm' }] }),
    ],
    [
      'failing',
      [account('a', 'active')],
      snapshot({ openBreakers: [{ provider: 'a', state: 'OPEN', openUntilMs: 9 }] }),
    ],
    ['healthy', [account('a', 'active')], snapshot({ openBreakers: [{ provider: 'b', state: 'OPEN' }] })],
  ] as const)('%s', (state, connections, known) => {
    expect(tilesOf(connections, { ...NOTHING, snapshot: known })[0]?.state).toBe(state);
  });

  it('what needs a person comes first', () => {
    const all = [account('fine', 'active'), account('off', 'active', false), account('broken', 'error')];
    expect(tilesOf(all, NOTHING).map(({ provider }) => provider)).toEqual(['broken', 'fine', 'off']);
  });

  it('tells what the account with most left has, in its scarcest window', () => {
    const quota = (name: string, ...used: number[]) => ({
      ...{ connectionId: name, provider: 'a', name, readAt: null },
      windows: used.map((usedPercent, index) => ({ name: ['5h', 'weekly'][index] ?? '', usedPercent })),
    });
    const [tile] = tilesOf([account('a', 'active')], { ...NOTHING, quotas: [quota('x', 90, 10), quota('y', 20, 60)] });
    expect(tile?.quota).toEqual({ left: 0.4, window: 'weekly' });
  });
});
