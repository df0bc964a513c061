import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { asObject, parseJson } from '../../core/base/json.ts';
import { type FailureFacts, sentenceOf } from '../../renderer/failure-words.ts';
import { LANGUAGES } from '../../renderer/ui/languages.ts';
import { ROOT } from '../support/sources.ts';

const FAILURES: readonly FailureFacts[] = [
  { code: 'wrong_password', message: 'Wrong password.', param: null },
  { code: 'too_many_attempts', message: 'Too many wrong passwords.', retryAfterMs: 890_000 },
  { code: 'unauthenticated', message: 'Sign in, or send an API key.' },
];
const KEPT: readonly FailureFacts[] = [
  { code: 'wrong_password', message: 'This set-up link is not valid.', param: 'token' },
  { code: 'upstream_unreachable', message: 'openai does not answer.' },
  { code: 'too_many_attempts', message: 'Too many wrong passwords.' },
];

beforeAll(async () => {
  const resources = LANGUAGES.map(({ tag }) => {
    const texts = parseJson(readFileSync(`${ROOT}renderer/locales/${tag}/common.json`, 'utf8'));
    return [tag, { common: asObject(texts) ?? {} }] as const;
  });
  await i18next.init({
    ...{ lng: 'en', ns: ['common'], defaultNS: 'common', interpolation: { escapeValue: false } },
    resources: Object.fromEntries(resources),
  });
});

describe.each(LANGUAGES.map(({ tag }) => tag))('%s', (tag) => {
  beforeAll(() => i18next.changeLanguage(tag).then(() => undefined));
  it.each(FAILURES)('has a sentence of its own for $code', (failure) => {
    expect(sentenceOf(failure)).not.toMatch(/failure\.|\{\{/);
    if (tag !== 'en') expect(sentenceOf(failure)).not.toBe(failure.message);
  });
  it.each(KEPT)('keeps what the server says of $code where only that helps', (failure) => {
    expect(sentenceOf(failure)).toBe(failure.message);
  });
  it('says that an input was refused, and keeps which', () => {
    expect(sentenceOf({ code: 'invalid_request', message: '"port" is required.' })).toContain('"port" is required.');
  });
});

it('says how long to wait, in whole minutes', async () => {
  await i18next.changeLanguage('de');
  const failure = { code: 'too_many_attempts', message: '', retryAfterMs: 890_000 };
  expect(sentenceOf(failure)).toBe('Zu viele Versuche. Versuchen Sie es in 15 Minuten erneut.');
});
