import { describe, expect, it } from 'vitest';
import { scrubbed } from '../../core/base/scrub.ts';
import { Secret } from '../../core/base/secret.ts';

const key = new Secret('sk-abc+def/ghi=123456');

describe('a text without the key', () => {
  it.each([
    ['as it is', 'Incorrect key: sk-abc+def/ghi=123456.', 'Incorrect key: [key].'],
    ['twice', 'sk-abc+def/ghi=123456 sk-abc+def/ghi=123456', '[key] [key]'],
    ['in a URL', 'GET /m?key=sk-abc%2Bdef%2Fghi%3D123456&x', 'GET /m?key=[key]&x'],
    ['in JSON that escapes slashes', '{"k":"sk-abc+def\\/ghi=123456"}', '{"k":"[key]"}'],
    ['cut off at the end', 'Incorrect key: sk-abc+def/g', 'Incorrect key: [key]'],
    ['cut off in a URL', 'Incorrect key: sk-abc%2Bde…', 'Incorrect key: [key]…'],
    ['innocent', 'sk-abc is what keys begin with', 'sk-abc is what keys begin with'],
  ])('%s', (_name, text, expected) => {
    expect(scrubbed(text, key)).toBe(expected);
  });

  it('is the text itself where there is no key', () => {
    expect(scrubbed('text', undefined)).toBe('text');
    expect(scrubbed('text', new Secret(''))).toBe('text');
  });
});
