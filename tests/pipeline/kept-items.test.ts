import { describe, expect, it } from 'vitest';
import { createItemShelf } from '../../core/pipeline/kept-items.ts';

describe('the shelf of items', () => {
  it('gives an item back to its owner only', () => {
    const shelf = createItemShelf();
    shelf.put('key_a', { id: 'fc_1', type: 'function_call' });
    expect(shelf.get('key_a', 'fc_1')).toEqual({ id: 'fc_1', type: 'function_call' });
    expect(shelf.get('key_b', 'fc_1')).toBeUndefined();
    expect(shelf.get('key_a', 'fc_2')).toBeUndefined();
  });

  it('lets the oldest go when its limit is reached', () => {
    const shelf = createItemShelf(300);
    for (let index = 0; index < 10; index += 1) shelf.put('a', { id: `msg_${index}`, text: 'x'.repeat(60) });
    expect(shelf.get('a', 'msg_0')).toBeUndefined();
    expect(shelf.get('a', 'msg_9')).toBeDefined();
  });
});
