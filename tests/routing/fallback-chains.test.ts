import { describe, expect, it } from 'vitest';
import { IN_ORDER } from '../../core/routing/expand.ts';
import { resolve } from '../../core/routing/resolve.ts';
import type { ComboRecord } from '../../core/store/records.ts';
import { combo, world } from './fixtures.ts';

function route(
  model: string,
  fallbackChains: Readonly<Record<string, readonly string[]>>,
  combos: readonly ComboRecord[] = [],
): string[] {
  return resolve(model, 'openai-chat', world(combos, { fallbackChains })).legs.map(
    (leg) => `${leg.provider.id}/${leg.model}${leg.chain === undefined ? '' : ` by ${leg.chain}`}`,
  );
}

describe('fallback chains', () => {
  const house = { house: ['p/one', 'q/two', 'free/three'] };

  it('follow the model asked for, from its place on', () => {
    expect(route('p/one', house)).toEqual(['p/one', 'q/two by house', 'free/three by house']);
    expect(route('q/two', house)).toEqual(['q/two', 'free/three by house']);
    expect(route('free/three', house)).toEqual(['free/three']);
  });
  it('know a model by alias and by the alias of its provider', () => {
    expect(route('fast', house)).toEqual(['p/one', 'q/two by house', 'free/three by house']);
    expect(route('pal/one', house)).toEqual(['p/one', 'q/two by house', 'free/three by house']);
  });
  it('leave a model alone that stands in none', () => {
    expect(route('q/other', house)).toEqual(['q/other']);
  });
  it('named default or * follow a model that stands in none, and only such', () => {
    expect(route('q/other', { ...house, default: ['p/last'] })).toEqual(['q/other', 'p/last by default']);
    expect(route('q/other', { '*': ['p/last'] })).toEqual(['q/other', 'p/last by *']);
    expect(route('q/two', { ...house, default: ['p/last'] })).toEqual(['q/two', 'free/three by house']);
  });
  it('do not follow a combo, which is a chain of its own, unless they name it', () => {
    const combos = [combo('mine', ['p/one', 'q/two'])];
    expect(route('mine', { ...house, default: ['p/last'] }, combos)).toEqual(['p/one', 'q/two']);
    expect(route('mine', { named: ['mine', 'free/three'] }, combos)).toEqual(['p/one', 'q/two', 'free/three by named']);
  });
  it('may name combos; what was tried is not tried again, what leads nowhere is passed over', () => {
    const combos = [combo('spare', ['p/one', 'off/none', 'q/two'])];
    expect(route('p/one', { c: ['p/one', 'unheard-of', 'spare', 'free/three'] }, combos)).toEqual([
      'p/one',
      'q/two by c',
      'free/three by c',
    ]);
  });
  it('serve a model whose provider has no connection', () => {
    expect(route('off/none', { c: ['off/none', 'q/two'] })).toEqual(['q/two by c']);
  });
  it('count at most one request to a combo they name', () => {
    let turns = 0;
    const inputs = {
      ...IN_ORDER,
      turnOf: () => {
        turns += 1;
        return 0;
      },
    };
    const at = world([combo('spare', ['p/two', 'q/two'], { strategy: 'round-robin' })], {
      fallbackChains: { c: ['p/one', 'spare'], d: ['spare', 'q/x'] },
    });
    resolve('q/other', 'openai-chat', at, inputs);
    expect(turns).toBe(0);
    resolve('p/one', 'openai-chat', at, inputs);
    expect(turns).toBe(1);
  });
});
