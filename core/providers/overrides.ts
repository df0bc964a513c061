/**
 * `DATA_DIR/providers.json`: what a user changes in the rows without an update, when a vendor moves a host or renames a
 * model. It is read once, at start; a mistake in it stops the start and names its line and key, since a silent one would
 * send keys to the wrong place.
 */
import { z } from 'zod';
import { OmniError, toOmniError } from '../base/errors.ts';
import type { OwnClient } from './account-call.ts';
import { checkedBaseUrl } from './base-url.ts';
import type { ModelInfo } from './catalog/model-info.ts';
import { type JsonLines, jsonLines, lineOfSyntaxError } from './json-lines.ts';
import type { Endpoint, Provider } from './provider.ts';
import { PROVIDERS } from './table.ts';

const url = z.string().transform((text, context) => {
  try {
    return checkedBaseUrl(text, 'The URL');
  } catch (error) {
    context.addIssue({ code: 'custom', message: toOmniError(error).message });
    return z.NEVER;
  }
});
const tokens = z.int().positive();
const dollars = z.number().nonnegative();
const day = z.iso.date();

const model = z.strictObject({
  id: z.string().min(1),
  name: z.string().exactOptional(),
  type: z.enum(['chat', 'embedding', 'image', 'audio', 'rerank', 'moderation']).exactOptional(),
  contextTokens: tokens.exactOptional(),
  maxOutputTokens: tokens.exactOptional(),
  capabilities: z
    .strictObject({
      tools: z.boolean().exactOptional(),
      vision: z.boolean().exactOptional(),
      reasoning: z.boolean().exactOptional(),
      structuredOutput: z.boolean().exactOptional(),
    })
    .exactOptional(),
  reasoningStyle: z.enum(['effort', 'budget']).exactOptional(),
  price: z
    .strictObject({
      input: dollars,
      output: dollars,
      cachedInput: dollars.exactOptional(),
      cacheWrite: dollars.exactOptional(),
      cacheWrite1h: dollars.exactOptional(),
      reasoning: dollars.exactOptional(),
      asOf: day.exactOptional(),
    })
    .exactOptional(),
  retiredOn: day.exactOptional(),
  replacedBy: z.string().exactOptional(),
  aliases: z.array(z.string().min(1)).exactOptional(),
  note: z.string().exactOptional(),
});

/** Header names are tokens (RFC 9110, 5.6.2); those that frame the message are not the user's to set. */
const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/i, 'A header name holds letters, digits and -')
  .refine(
    (name) =>
      !['host', 'connection', 'content-length', 'transfer-encoding', 'content-type'].includes(name.toLowerCase()),
    'This header cannot be set',
  );
const headerValue = z.string().regex(/^[\t\x20-\x7e]*$/, 'A header value holds printable ASCII characters only');

const override = z.strictObject({
  hosts: z
    .strictObject({
      api: url.exactOptional(),
      account: url.exactOptional(),
      authorize: url.exactOptional(),
      token: url.exactOptional(),
      device: url.exactOptional(),
    })
    .exactOptional(),
  headers: z.record(headerName, headerValue).exactOptional(),
  identity: z.record(headerName, headerValue).exactOptional(),
  models: z.array(model).exactOptional(),
  oauth: z.record(z.string(), z.string()).exactOptional(),
});

export type ProviderOverride = z.infer<typeof override>;
/** By provider id. */
export type Overrides = ReadonlyMap<string, ProviderOverride>;

/**
 * Reads the file's text. Throws `invalid_request` with the line and the key of the first mistake: no JSON, an unknown
 * provider id, an unknown key, a value of the wrong kind.
 */
export function parseOverrides(text: string, table: readonly Provider[] = PROVIDERS): Overrides {
  const clean = text.replace(/^\uFEFF/, '');
  if (clean.trim() === '') return new Map();
  const value = parsed(clean);
  const lines = jsonLines(clean);
  const root = z.record(z.string(), z.unknown()).safeParse(value);
  if (!root.success) throw mistake(1, '', 'The file must hold an object of provider ids');
  const overrides = new Map<string, ProviderOverride>();
  for (const [id, entry] of Object.entries(root.data)) {
    if (!table.some((row) => row.id === id)) throw mistake(lineOf([id], lines), id, unknownProvider(id, table));
    const result = override.safeParse(entry);
    if (!result.success) throw firstIssue(id, result.error, lines);
    overrides.set(id, result.data);
  }
  return overrides;
}

/** The table with the overrides laid over its rows; untouched rows are the same objects. */
export function applyOverrides(table: readonly Provider[], overrides: Overrides): readonly Provider[] {
  return table.map((row) => {
    const change = overrides.get(row.id);
    return change === undefined ? row : overridden(row, change);
  });
}

function overridden(row: Provider, change: ProviderOverride): Provider {
  const headers = Object.entries(change.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const withHeaders = (endpoint: Endpoint): Endpoint =>
    headers.length === 0 ? endpoint : { ...endpoint, headers: { ...endpoint.headers, ...Object.fromEntries(headers) } };
  const [first, ...others] = row.endpoints;
  const models: readonly ModelInfo[] = change.models ?? [];
  const kept = (row.models ?? []).filter(({ id }) => !models.some((added) => added.id === id));
  return {
    ...row,
    hosts: { ...row.hosts, ...change.hosts },
    endpoints: [withHeaders(first), ...others.map(withHeaders)],
    ...(models.length > 0 && { models: [...kept, ...models] }),
    ...(row.ownClient && change.identity && { ownClient: identityOf(row.ownClient, change.identity) }),
    ...(change.oauth !== undefined && { oauth: { ...row.oauth, ...change.oauth } }),
  };
}

function identityOf(own: OwnClient, changed: Readonly<Record<string, string>>): OwnClient {
  const named = Object.entries(changed).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...own, identity: { ...own.identity, ...Object.fromEntries(named) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OmniError(
      'invalid_request',
      `providers.json, line ${lineOfSyntaxError(text, error)}: this is not valid JSON.`,
      {
        cause: error,
      },
    );
  }
}

function unknownProvider(id: string, table: readonly Provider[]): string {
  const byAlias = table.find(({ alias }) => alias === id);
  return byAlias === undefined ? 'There is no provider with this id' : `This is an alias; the id is "${byAlias.id}"`;
}

function firstIssue(id: string, error: z.ZodError, lines: JsonLines): OmniError {
  const [issue] = error.issues;
  if (issue === undefined) return mistake(lineOf([id], lines), id, 'This is not understood');
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [id, ...issue.path.map(String), ...(unknown === undefined ? [] : [unknown])];
  const why = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return mistake(lineOf(path, lines), path.join('.'), unknown === undefined ? why : 'There is no such key');
}

/** The line of the path, or of the nearest member around it when it is missing from the file. */
function lineOf(path: readonly string[], lines: JsonLines): number {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(path.slice(0, length).join('.'));
    if (line !== undefined) return line;
  }
  return 1;
}

function mistake(line: number, key: string, why: string): OmniError {
  const where = key === '' ? `line ${line}` : `line ${line}, "${key}"`;
  return new OmniError('invalid_request', `providers.json, ${where}: ${why.replace(/\.$/, '')}.`, { path: key });
}
