import { describe, expect, it } from 'vitest';
import { OmniError } from '../../core/base/errors.ts';
import { applyOverrides, parseOverrides } from '../../core/providers/overrides.ts';
import { PROVIDERS } from '../../core/providers/table.ts';

const row = (id: string) => applyOverrides(PROVIDERS, parseOverrides('{}')).find((provider) => provider.id === id);
function overridden(id: string, text: string) {
  return applyOverrides(PROVIDERS, parseOverrides(text)).find((provider) => provider.id === id);
}
function faultOf(text: string): string {
  try {
    parseOverrides(text);
  } catch (error) {
    if (error instanceof OmniError && error.code === 'invalid_request') return error.message;
    throw error;
  }
  return 'no fault';
}

describe('providers.json', () => {
  it('replaces a host and leaves the rest of the row and the table alone', () => {
    const changed = overridden('openai', '{ "openai": { "hosts": { "api": "http://127.0.0.1:9/" } } }');
    expect(changed?.hosts).toEqual({ api: 'http://127.0.0.1:9' });
    expect(changed?.endpoints).toEqual(row('openai')?.endpoints);
    const table = applyOverrides(PROVIDERS, parseOverrides('{ "openai": {} }'));
    expect(table.map(({ id }) => id)).toEqual(PROVIDERS.map(({ id }) => id));
    expect(table.find(({ id }) => id === 'anthropic')).toBe(PROVIDERS.find(({ id }) => id === 'anthropic'));
  });

  it('adds headers to every endpoint, in lower case, over those of the row', () => {
    const changed = overridden(
      'anthropic',
      '{ "anthropic": { "headers": { "Anthropic-Version": "2099-01-01", "X-Team": "a" } } }',
    );
    expect(changed?.endpoints.map(({ headers }) => headers)).toEqual([
      { 'anthropic-version': '2099-01-01', 'x-team': 'a' },
    ]);
  });

  it('adds and replaces models', () => {
    const text =
      '{"perplexity": {"models": [{"id": "sonar", "contextTokens": 5}, {"id": "sonar-next", "price": {"input": 1, "output": 2}}]}}';
    const models = overridden('perplexity', text)?.models ?? [];
    expect(models.filter(({ id }) => id === 'sonar')).toEqual([{ id: 'sonar', contextTokens: 5 }]);
    expect(models.find(({ id }) => id === 'sonar-next')?.price).toEqual({ input: 1, output: 2 });
    expect(models.some(({ id }) => id === 'sonar-pro')).toBe(true);
  });

  it('keeps figures of the sign-in', () => {
    const changed = overridden('codex', '{"codex": {"oauth": {"clientId": "app_1"}}}')?.oauth;
    expect(changed).toMatchObject({ clientId: 'app_1', scope: expect.stringContaining('offline_access') });
  });

  it("replaces what the vendor's own client is known by, and leaves regions open in hosts", () => {
    const text =
      '{"kiro": {"hosts": {"api": "http://127.0.0.1:9/{region}"}, "identity": {"User-Agent": "kiro-ide/2"}}}';
    const changed = overridden('kiro', text);
    expect(changed?.hosts.api).toBe('http://127.0.0.1:9/{region}');
    expect(changed?.ownClient?.identity).toEqual({ 'user-agent': 'kiro-ide/2' });
  });

  it('reads an empty file, and one with a byte order mark', () => {
    expect(parseOverrides('').size).toBe(0);
    expect(parseOverrides('\uFEFF{ "groq": {} }').has('groq')).toBe(true);
  });

  it.each([
    ['{\n  "opnai": {}\n}', 'line 2, "opnai"', 'no provider'],
    ['{\n  "openai": {},\n  "ds": {}\n}', 'line 3, "ds"', '"deepseek"'],
    ['{\n  "openai": {\n    "host": {}\n  }\n}', 'line 3, "openai.host"', 'no such key'],
    ['{\n  "openai": {\n    "hosts": {\n      "api": "ftp://x"\n    }\n  }\n}', 'line 4, "openai.hosts.api"', 'http'],
    ['{ "openai": { "hosts": {\n "api": "https://u:p@x" } } }', 'line 2, "openai.hosts.api"', 'password'],
    ['{ "openai": { "hosts": {\n "apis": "https://x" } } }', 'line 2, "openai.hosts.apis"', 'no such key'],
    ['{ "openai": {\n "headers": {\n\n "Host": "x" } } }', 'line 4, "openai.headers.Host"', 'cannot be set'],
    ['{ "openai": { "headers": {\n "x-a": 1 } } }', 'line 2, "openai.headers.x-a"', 'string'],
    ['{ "openai": { "models": [\n {"id": "a"},\n {"name": "b"} ] } }', 'line 3, "openai.models.1.id"', 'string'],
    [
      '{ "openai": { "models": [ {"id": "a",\n "price": {"input": -1,\n "output": 1}} ] } }',
      'line 2, "openai.models.0.price.input"',
      '0',
    ],
    [
      '{ "openai": { "models": [ {"id": "a",\n\n "retiredOn": "soon"} ] } }',
      'line 3, "openai.models.0.retiredOn"',
      'date',
    ],
    ['{\n "openai": []\n}', 'line 2, "openai"', 'object'],
    ['[]', 'line 1', 'object'],
    ['{\n "openai": {\n   "hosts": {,}\n}}', 'line 3', 'not valid JSON'],
    ['{\n "openai": {\n', 'line 3', 'not valid JSON'],
  ])('names line and key of the mistake in %j', (text, where, why) => {
    const fault = faultOf(text);
    expect(fault).toContain(`providers.json, ${where}:`);
    expect(fault.toLowerCase()).toContain(why.toLowerCase());
  });

  it('is not misled by braces, commas, colons and line breaks inside strings', () => {
    const text = '{\n "openai": { "headers": { "x-a": "{,}:\\"\\t" , "x-b": "[" } ,\n "nope": 1 } }';
    expect(faultOf(text)).toContain('line 3, "openai.nope"');
  });
});
