import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScan } from '../../core/base/json-scan.ts';

const replaced = (text: string, name: string, json: string): string =>
  Buffer.concat(scan(text).replace(name, json)).toString();
const scan = (text: string): JsonScan => new JsonScan([Buffer.from(text)]);
const cutAt = (text: string, size: number): JsonScan => {
  const bytes = Buffer.from(text);
  return new JsonScan(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  );
};

describe('JsonScan', () => {
  it('finds the members of the top level and nothing inside', () => {
    const found = scan('{"model": "a/b", "messages":[{"model":"inner","stream":true}], "stream" : false}');
    expect([...found.names()]).toEqual(['model', 'messages', 'stream']);
    expect(found.value('model')).toBe('a/b');
    expect(found.value('stream')).toBe(false);
    expect(found.value('absent')).toBeUndefined();
  });

  it('replaces one value and leaves every other byte alone', () => {
    const text = '{ "a" : [1, 2.50,"\\u00e9"],\n\t"model":"x" , "z":{"k":"}"} }';
    expect(replaced(text, 'model', '"y/z"')).toBe('{ "a" : [1, 2.50,"\\u00e9"],\n\t"model":"y/z" , "z":{"k":"}"} }');
  });

  it('agrees with JSON.parse on any object, whatever its white space', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const found = scan(text);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        expect([...found.names()].sort()).toEqual(Object.keys(parsed).sort());
        for (const name of found.names()) expect(found.value(name)).toEqual(parsed[name]);
      }),
      { numRuns: 300 },
    );
  });

  it('replacing a member equals changing it in the parsed object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, model) => {
        const text = JSON.stringify({ ...object, model: 'before' });
        expect(JSON.parse(replaced(text, 'model', JSON.stringify(model)))).toEqual(
          JSON.parse(JSON.stringify({ ...object, model })),
        );
      }),
    );
  });

  it('finds the same however the network cut the bytes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
        fc.integer({ min: 1, max: 70 }),
        (object, size) => {
          const text = JSON.stringify({ ...object, tail: `${'x'.repeat(60)}\\"\\\\`, model: 'm' });
          const found = cutAt(text, size);
          expect(found.parse()).toEqual(JSON.parse(text));
          for (const name of found.names())
            expect(found.value(name)).toEqual((JSON.parse(text) as Record<string, unknown>)[name]);
          expect(Buffer.concat(found.replace('model', '"other"')).toString()).toBe(text.replace(/"m"\}$/, '"other"}'));
          expect(found.includes('"model"')).toBe(true);
          expect(found.includes('nowhere in it')).toBe(false);
        },
      ),
    );
  });

  it('steps over long strings that end in backslashes and quotes', () => {
    for (const tail of ['\\', '\\\\', '"', '\\"', '\\\\"']) {
      const object = { text: 'x'.repeat(100) + tail, model: 'm' };
      expect(scan(JSON.stringify(object)).value('text')).toBe(object.text);
    }
  });

  it('keeps the last of a repeated member, as JSON.parse does', () => {
    const found = scan('{"model":"a","model":"b","n":1}');
    expect(found.value('model')).toBe('b');
    expect([found.repeats('model'), found.repeats('n')]).toEqual([true, false]);
  });

  it.each([
    ['', 'a JSON object was expected'],
    ['[1]', 'a JSON object was expected'],
    ['"text"', 'a JSON object was expected'],
    ['{"a":1', 'ends too early'],
    ['{"a":[1,2}', 'a comma or'],
    ['{"a":"b}', 'does not end'],
    ['{"a":1,}', 'a member name in double quotes'],
    ['{"a" 1}', 'a colon after "a"'],
    ['{a:1}', 'a member name in double quotes'],
    ['{"a":1} x', 'more after the end'],
    ['{"a":}', 'a value for "a" was expected'],
  ])('refuses %j and says where', (text, why) => {
    expect(() => scan(text)).toThrow(
      expect.objectContaining({ code: 'invalid_json', message: expect.stringContaining(why) }),
    );
    expect(() => scan(text)).toThrow(/at byte \d+/);
  });
});
