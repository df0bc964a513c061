import { describe, expect, it } from 'vitest';
import { redacted, scrubbed } from '../../core/base/scrub.ts';
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

describe('a text without credentials', () => {
  const token = 'Ab1-'.repeat(8);
  it.each([
    ['keys of providers', `sk-ant-${token} and gsk_${token}`, '[key] and [key]'],
    ['tokens of forges', `github_pat_${'a1'.repeat(12)} ghp_${'b2'.repeat(12)}`, '[key] [key]'],
    ['a header', `authorization: Bearer ${token}==`, 'authorization: Bearer [key]'],
    ['a member named so', '{"password": "hunter2-and-more"}', '{"password": "[key]"}'],
    [
      'JSON inside JSON',
      '{"content":"{\\"access_token\\":\\"abcdefgh\\"}"}',
      '{"content":"{\\"access_token\\":\\"[key]\\"}"}',
    ],
    ['a private key, cut off', 'x -----BEGIN RSA PRIVATE KEY-----\nMIIE', 'x [key]'],
    ['a JWT', `t=eyJhbGciOiJI.eyJzdWIiOiIx.${token}`, 't=[key]'],
    [
      'innocent',
      '{"max_tokens":16384,"token":"because","model":"sk"}',
      '{"max_tokens":16384,"token":"because","model":"sk"}',
    ],
  ])('%s', (_name, text, expected) => {
    expect(redacted(text)).toBe(expected);
  });

  it('takes no longer for a text that nearly matches everywhere', () => {
    const startedMs = performance.now();
    redacted('"api_key":"'.repeat(6_000) + 'eyJ'.repeat(20_000) + '-----BEGIN '.repeat(5_000));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
