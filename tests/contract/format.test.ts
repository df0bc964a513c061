/**
 * One suite over the table of formats: errors both ways, bodies that are wrong in any way, what goes out for the least
 * a client can ask, and whose signatures go where. Identity and streams have files of their own beside this one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, OmniError } from '../../core/base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import type { EncodeTarget } from '../../core/formats/format.ts';
import { FORMATS, UPSTREAM_FORMATS } from '../../core/formats/index.ts';
import { FORMAT_IDS, type FormatId, UPSTREAM_FORMAT_IDS, type UpstreamFormatId } from '../../core/model/format-id.ts';
import type { Part } from '../../core/model/part.ts';
import type { ChatRequest } from '../../core/model/request.ts';
import { anthropic, chat, type Feature, gemini, ollama, responses } from './loss-matrix-bodies.ts';
import { CALLED_FEATURES } from './loss-matrix-calls.ts';
import { MEDIA_FEATURES, THOUGHT_FEATURES } from './loss-matrix-media.ts';
import { TEXT_FEATURES } from './loss-matrix-messages.ts';
import { OPTION_FEATURES, REASONING_FEATURES } from './loss-matrix-options.ts';
import { OFFERED_FEATURES } from './loss-matrix-tools.ts';

const TARGET: EncodeTarget = { model: 'gemini-3-pro', issuer: 'maker', maxOutputTokens: 64_000 };

/** What each protocol's reference calls an error of a status: OpenAI's type, Anthropic's type, Google's status word. */
const WORDS: Readonly<Record<number, readonly [openai: string, anthropic: string, google: string]>> = {
  400: ['invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT'],
  401: ['authentication_error', 'authentication_error', 'UNAUTHENTICATED'],
  403: ['permission_error', 'permission_error', 'PERMISSION_DENIED'],
  404: ['invalid_request_error', 'not_found_error', 'NOT_FOUND'],
  405: ['invalid_request_error', 'invalid_request_error', 'UNIMPLEMENTED'],
  409: ['invalid_request_error', 'invalid_request_error', 'ABORTED'],
  413: ['invalid_request_error', 'request_too_large', 'INVALID_ARGUMENT'],
  415: ['invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT'],
  426: ['invalid_request_error', 'invalid_request_error', 'FAILED_PRECONDITION'],
  429: ['rate_limit_error', 'rate_limit_error', 'RESOURCE_EXHAUSTED'],
  499: ['invalid_request_error', 'api_error', 'CANCELLED'],
  500: ['server_error', 'api_error', 'INTERNAL'],
  502: ['server_error', 'api_error', 'UNAVAILABLE'],
  503: ['server_error', 'overloaded_error', 'UNAVAILABLE'],
  504: ['server_error', 'timeout_error', 'DEADLINE_EXCEEDED'],
};
const CODES = Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS);

/** The error as each protocol's clients expect it. */
function expectedError(format: FormatId, code: ErrorCode): unknown {
  const { status } = ERRORS[code];
  const [openai, claude, google] = WORDS[status] ?? ['', '', ''];
  const message = saidTo(format, code);
  switch (format) {
    case 'openai-chat':
    case 'openai-responses': {
      // OpenAI's own word for an empty account, by code (chat) and by type too (Responses).
      const type = code === 'upstream_quota' && format === 'openai-responses' ? 'insufficient_quota' : openai;
      return { error: { message, type, param: 'messages[0]', code: expect.toSatisfy(isCode) } };
    }
    case 'anthropic-messages':
      return { type: 'error', error: { type: claude, message } };
    case 'gemini':
      return { error: { code: status, message, status: google, details: expect.any(Array) } };
    case 'ollama-chat':
      return { error: message };
  }
}

function isCode(code: unknown): boolean {
  return code === null || (typeof code === 'string' && code !== '');
}

const FEATURES: readonly Feature[] = [
  ...TEXT_FEATURES,
  ...MEDIA_FEATURES,
  ...THOUGHT_FEATURES,
  ...OFFERED_FEATURES,
  ...CALLED_FEATURES,
  ...OPTION_FEATURES,
  ...REASONING_FEATURES,
];

/** Bodies that clients send, with one member somewhere replaced by anything, or left out. */
function nearlyValid(format: FormatId): fc.Arbitrary<JsonObject> {
  const bodies = FEATURES.flatMap(({ bodies: all }): JsonObject[] => {
    const body = all[format];
    return body === undefined ? [] : [body];
  });
  return fc
    .tuple(fc.constantFrom(...bodies), fc.array(fc.nat(30), { minLength: 1, maxLength: 7 }), jsonValue)
    .map(([body, path, value]): JsonObject => {
      const changed = mutated(body, path, value);
      return isObject(changed) ? changed : body;
    });
}

const jsonValue: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, '', 'x', 'data:', [], {}, [null], [[]], [{}], undefined),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue),
);

function mutated(value: JsonValue, [at, ...deeper]: readonly number[], by: JsonValue | undefined): JsonValue {
  if (at === undefined || typeof value !== 'object' || value === null) return by ?? null;
  if (Array.isArray(value)) {
    const index = value.length === 0 ? 0 : at % value.length;
    return value.flatMap((item, place) => (place === index ? (mutated(item, deeper, by) ?? []) : [item]));
  }
  const keys = Object.keys(value);
  const key = keys[keys.length === 0 ? 0 : at % keys.length] ?? 'model';
  if (deeper.length === 0 && by === undefined) {
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  }
  return { ...value, [key]: mutated(value[key] ?? null, deeper, by) };
}

/** Anthropic's clients know by the beginning that a conversation is too long. */
function saidTo(format: FormatId, code: ErrorCode): string {
  const isTooLong = format === 'anthropic-messages' && code === 'upstream_context_length';
  return isTooLong ? 'prompt is too long: So it is.' : 'So it is.';
}

/** The request in a body; undefined where it was refused as it should be. Any other throw is a defect. */
function decodeOrRefuse(format: FormatId, body: JsonObject): ChatRequest | undefined {
  try {
    return FORMATS[format].decodeRequest(body, { model: 'm', stream: false });
  } catch (error) {
    expect(error).toBeInstanceOf(OmniError);
    expect(error).toMatchObject({ code: 'invalid_request', status: 400 });
    return undefined;
  }
}

describe.each(FORMAT_IDS)('%s', (format) => {
  const codec = FORMATS[format];

  it('names itself and is found by its name', () => {
    expect(codec.id).toBe(format);
    expect(codec.framing).toBe(format === 'ollama-chat' ? 'ndjson' : 'sse');
  });

  it.each(CODES)('tells its clients of %s in their own shape, with the status', (code) => {
    const { status, body } = codec.encodeError(new OmniError(code, 'So it is.', { path: 'messages[0]' }));
    expect(status).toBe(ERRORS[code].status);
    expect(body).toEqual(expectedError(format, code));
  });

  it.each(CODES)('reads its own error of %s back', (code) => {
    const { body } = codec.encodeError(new OmniError(code, 'So it is.'));
    expect(codec.decodeError(body).message).toBe(saidTo(format, code));
    expect(codec.decodeError(JSON.stringify(body)).message).toBe(saidTo(format, code));
  });

  it('refuses what is no request with a sentence, and never fails otherwise', () => {
    const object = fc.dictionary(
      fc.constantFrom('model', 'messages', 'input', 'contents', 'system', 'tools', 'stream', 'options', 'x'),
      jsonValue.map((value) => value ?? null),
    );
    fc.assert(
      fc.property(object, (body) => void decodeOrRefuse(format, body)),
      { numRuns: 300 },
    );
  });

  it('reads what is nearly a request or refuses it; what it reads, every format can write', () => {
    fc.assert(
      fc.property(nearlyValid(format), (body) => {
        const request = decodeOrRefuse(format, body);
        if (request === undefined) return;
        for (const target of UPSTREAM_FORMAT_IDS) {
          const encoded = UPSTREAM_FORMATS[target].encodeRequest(request, TARGET);
          expect(JSON.parse(JSON.stringify(encoded.body))).toEqual(encoded.body);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('never alters the body it reads', () => {
    for (const { bodies } of FEATURES) {
      const body = bodies[format];
      if (body === undefined) continue;
      const before = JSON.stringify(body);
      codec.decodeRequest(body, { model: 'm' });
      expect(JSON.stringify(body)).toBe(before);
    }
  });
});

describe.each(UPSTREAM_FORMAT_IDS)('%s, as an upstream', (format) => {
  const codec = UPSTREAM_FORMATS[format];

  it('names itself and is found by its name', () => {
    expect(codec.id).toBe(format);
  });

  it('reads any error body, JSON or not, as a short message', () => {
    const anything = fc.oneof(jsonValue, fc.string(), fc.constant('<html><body><h1>502</h1></body></html>'));
    fc.assert(
      fc.property(anything, (body) => {
        const { message } = codec.decodeError(body ?? null);
        expect(message.trim()).not.toBe('');
        expect(message.length).toBeLessThanOrEqual(2_000);
      }),
    );
    expect(codec.decodeError('<html><head><title>x</title></head><body>Bad gateway</body></html>').message).toMatch(
      /^(x )?Bad gateway$/,
    );
  });

  it('reads anything for an answer: as one, or as an error', () => {
    fc.assert(
      fc.property(jsonValue, (body) => {
        const last = codec.decodeReply(body ?? null, { issuer: 'maker' }).at(-1);
        expect(['finish', 'error']).toContain(last?.type);
      }),
    );
  });

  it('takes nothing at all for a cut stream', () => {
    expect(codec.decodeStream({ issuer: 'maker' }).end()).toMatchObject([
      { type: 'error', code: 'upstream_stream_cut' },
    ]);
  });
});

const LEAST: Readonly<Record<FormatId, JsonObject>> = {
  'openai-chat': chat(),
  'openai-responses': responses(),
  'anthropic-messages': anthropic(),
  gemini: gemini(),
  'ollama-chat': ollama(),
};

/** All that may go out for one user message: not a member more than the protocol demands. */
const LEAST_SENT: Readonly<Record<UpstreamFormatId, JsonObject>> = {
  'openai-chat': { model: 'up', messages: [{ role: 'user', content: 'Hi' }] },
  'openai-responses': {
    model: 'up',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
  },
  'anthropic-messages': { model: 'up', max_tokens: 64_000, messages: [{ role: 'user', content: 'Hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
  // Ollama streams unless told not to.
  'ollama-chat': { model: 'up', messages: [{ role: 'user', content: 'Hi' }], stream: false },
  codewhisperer: {
    conversationState: {
      ...{ chatTriggerType: 'MANUAL', conversationId: expect.any(String), history: [] },
      currentMessage: { userInputMessage: { content: 'Hi', modelId: 'up', origin: 'AI_EDITOR' } },
    },
  },
};
/** How each target is told the one limit that an Anthropic client must name. */
const LIMIT: Readonly<Record<UpstreamFormatId, JsonObject>> = {
  'openai-chat': { max_tokens: 8_000 },
  'openai-responses': { max_output_tokens: 8_000 },
  'anthropic-messages': { max_tokens: 8_000 },
  gemini: { generationConfig: { maxOutputTokens: 8_000 } },
  'ollama-chat': { options: { num_predict: 8_000 } },
  codewhisperer: { inferenceConfig: { maxTokens: 8_000 } },
};

describe.each(FORMAT_IDS)('the least a client of %s can ask', (client) => {
  it.each(UPSTREAM_FORMAT_IDS)('reaches an upstream of %s with nothing added', (target) => {
    const request = FORMATS[client].decodeRequest(LEAST[client], { model: 'm', stream: false });
    const { body, losses } = UPSTREAM_FORMATS[target].encodeRequest(request, { ...TARGET, model: 'up' });
    expect(body).toEqual({ ...LEAST_SENT[target], ...(client === 'anthropic-messages' && LIMIT[target]) });
    expect(losses).toEqual([]);
  });
});

describe('signatures', () => {
  const origin = fc.constantFrom(...FORMAT_IDS);
  const issuer = fc.constantFrom('maker', 'other');
  const SLOT: Readonly<Record<FormatId, string>> = {
    'openai-chat': 'details',
    'openai-responses': 'encrypted_content',
    'anthropic-messages': 'signature',
    gemini: 'thoughtSignature',
    'ollama-chat': 'signature',
  };
  const signed = fc.tuple(origin, issuer).map(([from, by]) => {
    const mark = `SIGNED-${from}-${by}`;
    const value = from === 'openai-chat' ? [{ type: 'reasoning.encrypted', data: mark }] : mark;
    return { mark, ext: { origin: from, issuer: by, data: { [SLOT[from]]: value } } };
  });
  const history = fc
    .array(fc.tuple(fc.constantFrom('reasoning', 'text', 'tool-call'), signed), { minLength: 1, maxLength: 6 })
    .map((parts) => ({
      marks: parts.map(([, { mark }]) => mark),
      parts: parts.map(([type, { ext }], index): Part => {
        if (type === 'reasoning') return { type, form: 'full', text: 'Hm', ext };
        if (type === 'text') return { type, text: 'Yes', ext };
        return { type: 'tool-call', id: `call_${index}`, name: 'f', kind: 'function', input: '{}', ext };
      }),
    }));

  it.each(UPSTREAM_FORMAT_IDS)('pitfall 2: a request for %s never holds another maker’s', (target) => {
    fc.assert(
      fc.property(history, origin, ({ marks, parts }, client) => {
        const request: ChatRequest = {
          model: 'm',
          stream: false,
          messages: [
            { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
            { role: 'assistant', parts },
            { role: 'user', parts: [{ type: 'text', text: 'More' }] },
          ],
          ext: { origin: client, data: {} },
        };
        const sent = JSON.stringify(UPSTREAM_FORMATS[target].encodeRequest(request, TARGET).body);
        // Google's compatible endpoint speaks chat and takes Gemini's signatures back, as the maker's own.
        const own = [`SIGNED-${target}-maker`, ...(target === 'openai-chat' ? ['SIGNED-gemini-maker'] : [])];
        expect(marks.filter((mark) => sent.includes(mark) && !own.includes(mark))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
