/** Gemini Code Assist: Gemini in an envelope (google-gemini/gemini-cli, code_assist/converter.ts). */
import { asObject, asString, isObject, objectsOf } from '../../../core/base/json.ts';
import { sendJson, sendSse } from '../upstream.ts';
import { type AccountUpstream, absentRules, type GoodTokens, nextTurn, startService, tokenOf } from './upstream.ts';

const OUTSIDE = new Set(['project', 'model', 'user_prompt_id', 'request']);
const INSIDE = new Set([
  ...['contents', 'systemInstruction', 'cachedContent', 'tools', 'toolConfig', 'labels', 'safetySettings'],
  ...['generationConfig', 'session_id'],
]);

export const PROJECT = 'silver-park-1234';

/** `projectOf`: the project that a token's calls must name. */
export function startCodeAssist(
  tokens: GoodTokens,
  projectOf: (token: string) => string = () => PROJECT,
): Promise<AccountUpstream> {
  return startService({
    tokens,
    quotaPath: '/v1internal:retrieveUserQuota',
    rules: (received) => {
      const { body, path } = received;
      const request = asObject(body['request']) ?? {};
      return [
        ['The path is wrong.', /^\/v1internal:(?:generateContent|streamGenerateContent\?alt=sse)$/.test(path)],
        ...absentRules(received, ['x-goog-api-key', 'user-agent', 'x-goog-api-client']),
        ['The project is missing.', body['project'] === projectOf(tokenOf(received))],
        ['The model is missing.', body['model'] === 'gemini-2.5-pro'],
        ['The session is missing.', asString(request['session_id']) !== undefined],
        ['There are no contents.', objectsOf(request['contents']).length > 0],
        ...Object.keys(body).map((name) => [`Unknown name "${name}"`, OUTSIDE.has(name)] as const),
        ...Object.keys(request).map((name) => [`Unknown name "${name}" at 'request'`, INSIDE.has(name)] as const),
      ];
    },
    refuse: (response, status, message) => {
      const word = status === 401 ? 'UNAUTHENTICATED' : 'INVALID_ARGUMENT';
      sendJson(response, { error: { code: status, message, status: word } }, status);
    },
    answer: ({ body, path }, response) => {
      const request = asObject(body['request']) ?? {};
      const parts = objectsOf(objectsOf(request['contents']).at(-1)?.['parts']);
      const answered = parts.map((part) => asObject(part['functionResponse'])).find(isObject);
      const result = answered && JSON.stringify(answered['response']).replace(/^.*?:"|"\}$/g, '');
      const declared = objectsOf(request['tools']).flatMap((tool) => objectsOf(tool['functionDeclarations']));
      const turn = nextTurn({ tools: declared.map(({ name }) => name ?? null), result });
      const said =
        turn.type === 'text'
          ? [{ text: turn.text.slice(0, 3) }, { text: turn.text.slice(3) }]
          : [{ functionCall: { name: turn.call.name, args: turn.call.input } }];
      const usage = { promptTokenCount: 21, candidatesTokenCount: 5, totalTokenCount: 26 };
      const wrapped = (some: readonly object[], finish?: string): object => ({
        response: {
          candidates: [{ index: 0, content: { role: 'model', parts: some }, ...(finish && { finishReason: finish }) }],
          ...{ usageMetadata: usage, modelVersion: 'gemini-2.5-pro', responseId: 'r-9' },
        },
        traceId: 't-9',
      });
      if (!path.includes('stream')) return sendJson(response, wrapped(said, 'STOP'));
      const items = said.map((part, index) => wrapped([part], index === said.length - 1 ? 'STOP' : undefined));
      sendSse(
        response,
        items.map((item) => `data: ${JSON.stringify(item)}`),
      );
    },
  });
}
