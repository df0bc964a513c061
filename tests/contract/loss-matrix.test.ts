/**
 * The loss matrix: every feature, from every client format that can say it, to every target. What is missing when the
 * target's body is read again must have been declared, and what was declared must be missing. The table of declared
 * losses is a reviewed snapshot, `loss-matrix.md`: a change of it is a change of what clients get, and wants a look.
 */
import { describe, expect, it } from 'vitest';
import { asArray, type JsonValue } from '../../core/base/json.ts';
import type { EncodeTarget } from '../../core/formats/format.ts';
import { FORMATS, UPSTREAM_FORMATS } from '../../core/formats/index.ts';
import { FORMAT_IDS, type FormatId, type UpstreamFormatId } from '../../core/model/format-id.ts';
import type { LossFeature } from '../../core/model/loss.ts';
import type { ChatRequest } from '../../core/model/request.ts';
import { inlineMedia } from '../../core/pipeline/inline-media.ts';
import { readConversation } from '../support/codewhisperer-wire.ts';
import { type Feature, PDF, PNG } from './loss-matrix-bodies.ts';
import { CALLED_FEATURES } from './loss-matrix-calls.ts';
import { ACCOUNTS, type Facts, factsOf } from './loss-matrix-facts.ts';
import { MEDIA_FEATURES, THOUGHT_FEATURES } from './loss-matrix-media.ts';
import { TEXT_FEATURES } from './loss-matrix-messages.ts';
import { OPTION_FEATURES, REASONING_FEATURES } from './loss-matrix-options.ts';
import { OFFERED_FEATURES } from './loss-matrix-tools.ts';

interface Column {
  readonly name: string;
  readonly format: UpstreamFormatId;
  readonly target: EncodeTarget;
}

const CLAUDE = { model: 'claude-x', issuer: 'maker', maxOutputTokens: 64_000 };
const COLUMNS: readonly Column[] = [
  { name: 'chat', format: 'openai-chat', target: { model: 'm', issuer: 'maker' } },
  { name: 'responses', format: 'openai-responses', target: { model: 'm', issuer: 'maker' } },
  { name: 'anthropic, budgets', format: 'anthropic-messages', target: { ...CLAUDE, reasoningStyle: 'budget' } },
  { name: 'anthropic, efforts', format: 'anthropic-messages', target: { ...CLAUDE, reasoningStyle: 'effort' } },
  { name: 'gemini 2.5', format: 'gemini', target: { model: 'gemini-2.5-pro', issuer: 'maker' } },
  { name: 'gemini 3', format: 'gemini', target: { model: 'gemini-3-pro', issuer: 'maker' } },
  { name: 'ollama', format: 'ollama-chat', target: { model: 'm', issuer: 'maker' } },
  { name: 'codewhisperer', format: 'codewhisperer', target: { model: 'm', issuer: 'maker' } },
];

const GROUPS: readonly (readonly [title: string, features: readonly Feature[]])[] = [
  ['Text', TEXT_FEATURES],
  ['Media', MEDIA_FEATURES],
  ['Thoughts in the history', THOUGHT_FEATURES],
  ['Tools offered', OFFERED_FEATURES],
  ['Tools called', CALLED_FEATURES],
  ['Options', OPTION_FEATURES],
  ['Reasoning', REASONING_FEATURES],
];

interface Translation {
  readonly before: Facts;
  readonly after: Facts;
  readonly losses: readonly LossFeature[];
  readonly strictByDefault: boolean;
}

/** A client's body, decoded, given its remote media as the pipeline does, encoded for the target and read again. */
async function translate(
  client: FormatId,
  body: Parameters<(typeof FORMATS)[FormatId]['decodeRequest']>[0],
  column: Column,
): Promise<Translation> {
  const decoded = FORMATS[client].decodeRequest(body, { model: 'm', stream: body['stream'] === true });
  const codec = UPSTREAM_FORMATS[column.format];
  const request = codec.inlineMedia ? await withMedia(decoded) : decoded;
  const encoded = codec.encodeRequest({ ...request, model: column.target.model }, column.target);
  const again =
    column.format === 'codewhisperer'
      ? readConversation(encoded.body, request.stream)
      : FORMATS[column.format].decodeRequest(encoded.body, { model: 'm', stream: request.stream });
  const losses = [...new Set(encoded.losses.map(({ feature }) => feature))].sort();
  const strictByDefault =
    client === 'openai-responses' &&
    (request.tools ?? []).some((tool) => tool.type === 'function' && tool.strict === undefined);
  return { before: factsOf(request), after: factsOf(again), losses, strictByDefault };
}

async function withMedia(request: ChatRequest): Promise<ChatRequest> {
  const fetchMedia = async (url: string): Promise<{ mediaType: string; data: string }> =>
    url.endsWith('.pdf') ? { mediaType: 'application/pdf', data: PDF } : { mediaType: 'image/png', data: PNG };
  return inlineMedia(request, { fetchMedia }, { signal: new AbortController().signal, purpose: {} });
}

interface Change {
  readonly fact: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  readonly to: UpstreamFormatId;
  /** A declared loss accounts for it. */
  readonly declared: boolean;
  /** The client named no strictness, where absent means strict. */
  readonly strictByDefault: boolean;
}

const MADE_TURN = 'user: Continue.';

/** Changes by which nothing of what the client said is lost. */
const HARMLESS: readonly { readonly why: string; readonly is: (change: Change) => boolean }[] = [
  {
    why: 'Anthropic demands a limit; the model’s own is sent where the client named none',
    is: ({ fact, before, to }) => fact === 'limit of the answer' && before === undefined && to === 'anthropic-messages',
  },
  {
    why: 'where nothing is said, the model decides how much to think',
    is: ({ fact, before, after }) => fact === 'how much to think' && before === 'adaptive' && after === undefined,
  },
  {
    why: 'a client that asked for thoughts without saying whether to show them is shown them',
    is: ({ fact, before, after }) => fact === 'thoughts shown' && before === undefined && after === 'shown',
  },
  {
    why: 'the gateway itself seals thoughts for its clients',
    is: ({ fact }) => fact === 'thoughts sealed',
  },
  {
    why: 'a model that thinks unless told otherwise is told nothing when it is to think',
    is: ({ fact, before, after, to }) =>
      fact === 'how much to think' &&
      before === 'enabled' &&
      (after === 'adaptive' || (after === undefined && to === 'gemini')),
  },
  {
    why: 'thoughts are hidden by these unless asked for',
    is: ({ fact, before, after, to }) =>
      fact === 'thoughts shown' &&
      before === 'hidden' &&
      after === undefined &&
      (to === 'gemini' || to === 'openai-responses'),
  },
  {
    why: 'thoughts are shown by these unless told otherwise',
    is: ({ fact, before, after, to, declared }) =>
      fact === 'thoughts shown' &&
      before === 'shown' &&
      after === undefined &&
      !declared &&
      (to === 'anthropic-messages' || to === 'ollama-chat'),
  },
  {
    why: 'the Responses API makes a tool strict by default only where its schema allows: no promise is taken back',
    is: ({ fact, strictByDefault }) => fact === 'strict tools' && strictByDefault,
  },
  {
    why: 'Gemini has no references: each is replaced by what it refers to',
    is: ({ fact, before, to }) =>
      fact === 'schemas' && to === 'gemini' && JSON.stringify(before ?? null).includes('"$ref"'),
  },
  {
    why: 'Ollama’s images tell no type',
    is: ({ fact, before, after, to }) =>
      fact === 'images' && to === 'ollama-chat' && bytesOf(before).join() === bytesOf(after).join(),
  },
  {
    why: 'OpenAI’s default tier is what Anthropic calls the standard one',
    is: ({ fact, before, after }) => fact === 'service tier' && before === 'default' && after === 'standard_only',
  },
  {
    why: 'CodeWhisperer demands a description of each tool: its name, where the client gave none',
    is: ({ fact, before, to }) => fact === 'descriptions of tools' && before === undefined && to === 'codewhisperer',
  },
  {
    why: 'CodeWhisperer wants to be told of tools that only the history calls, and of arguments where a tool has none',
    is: ({ fact, before, to }) => /^(?:tools|schemas)$/.test(fact) && before === undefined && to === 'codewhisperer',
  },
  {
    why: 'CodeWhisperer demands that turns begin and end with the user: one is made where the client has none',
    is: ({ fact, before, after, to }) =>
      fact === 'turns' &&
      to === 'codewhisperer' &&
      equal(
        before,
        asArray(after).filter((turn) => turn !== MADE_TURN),
      ),
  },
  {
    why: 'these keep no answers unless asked to',
    is: ({ fact, before, after, to }) =>
      fact === 'store' && before === 'false' && after === undefined && to !== 'openai-responses',
  },
];

function bytesOf(images: JsonValue | undefined): string[] {
  return asArray(images).map((image) => String(image).split(' ')[1] ?? '');
}

/** The facts that declared losses account for. */
function accountedFor(losses: readonly LossFeature[]): ReadonlySet<string> {
  return new Set(losses.flatMap((loss) => ACCOUNTS[loss] ?? []));
}

function changed({ before, after, losses, strictByDefault }: Translation, { format }: Column): string[] {
  const facts = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const accounted = accountedFor(losses);
  return facts.filter((fact) => {
    const change = {
      fact,
      before: before[fact],
      after: after[fact],
      to: format,
      strictByDefault,
      declared: accounted.has(fact),
    };
    return !equal(change.before, change.after) && !HARMLESS.some(({ is }) => is(change));
  });
}

function equal(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, sorted(member) ?? null] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const CASES = GROUPS.flatMap(([group, features]) =>
  features.flatMap((feature) =>
    FORMAT_IDS.flatMap((client) => {
      const body = feature.bodies[client];
      return body === undefined ? [] : COLUMNS.map((column) => ({ group, feature, client, body, column }));
    }),
  ),
);

describe('loss matrix', () => {
  it.each(CASES)(
    '$feature.name: $client → $column.name: what is missing is declared',
    async ({ client, body, column }) => {
      const translation = await translate(client, body, column);
      const accounted = accountedFor(translation.losses);
      const silent = changed(translation, column).filter((fact) => !accounted.has(fact));
      expect(
        silent
          .map(
            (fact) =>
              `${fact}: ${JSON.stringify(translation.before[fact])} became ${JSON.stringify(translation.after[fact])}`,
          )
          .join('; '),
      ).toBe('');
    },
  );

  it.each(CASES)(
    '$feature.name: $client → $column.name: what is declared is missing',
    async ({ client, body, column }) => {
      const translation = await translate(client, body, column);
      const missing = new Set(changed(translation, column));
      const idle = translation.losses.filter((loss) => !(ACCOUNTS[loss] ?? []).some((fact) => missing.has(fact)));
      expect(idle).toEqual([]);
    },
  );

  it('is the reviewed table', async () => {
    await expect(await table()).toMatchFileSnapshot('./loss-matrix.md');
  });
});

const HEAD = `# Loss matrix

What a request loses on its way from a client of one protocol to an upstream of another, as the encoders declare it.
\`·\` means that nothing is lost. Written by \`loss-matrix.test.ts\`, where each feature's body stands; look at every
changed line before you accept it (\`npx vitest run -c build/vitest.config.ts tests/contract/loss-matrix.test.ts -u\`).
`;

async function table(): Promise<string> {
  const groups = await Promise.all(
    GROUPS.map(async ([title, features]) => {
      const rows = await Promise.all(features.map(rowsOf));
      const names = ['feature', 'client', ...COLUMNS.map(({ name }) => name)];
      return [`## ${title}`, '', row(names), row(names.map(() => '---')), ...rows.flat(), ''].join('\n');
    }),
  );
  return `${[HEAD, ...groups].join('\n').trimEnd()}\n`;
}

async function rowsOf(feature: Feature): Promise<string[]> {
  const clients = FORMAT_IDS.flatMap((client) => {
    const body = feature.bodies[client];
    return body === undefined ? [] : [{ client, body }];
  });
  return Promise.all(
    clients.map(async ({ client, body }, index) => {
      const cells = COLUMNS.map(async (column) => {
        const { losses } = await translate(client, body, column);
        return losses.length === 0 ? '·' : losses.join(', ');
      });
      return row([index === 0 ? feature.name : '', client, ...(await Promise.all(cells))]);
    }),
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
