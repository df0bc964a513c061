/** GitHub Copilot's three endpoints (github.com/microsoft/vscode-copilot-chat); which model is where is Copilot's to say. */
import type { ServerResponse } from 'node:http';
import { asArray, asObject, isObject, type JsonValue, objectsOf } from '../../../core/base/json.ts';
import { type Received, sendJson } from '../upstream.ts';
import { answerChat } from './chat-wire.ts';
import { answerMessages } from './messages-wire.ts';
import { answerResponses } from './responses-wire.ts';
import { type AccountUpstream, absentRules, type GoodTokens, headerRules, startService } from './upstream.ts';

/** Served at /responses only, though nothing in its name says so. */
export const ONLY_RESPONSES = 'raven-1';

const ANSWERS: Readonly<Record<string, (received: Received, response: ServerResponse) => void>> = {
  '/chat/completions': answerChat,
  '/responses': answerResponses,
  '/v1/messages': answerMessages,
};

export function startCopilot(tokens: GoodTokens): Promise<AccountUpstream> {
  return startService({
    tokens,
    rules: (received) => [
      ['The path is wrong.', received.path in ANSWERS],
      ...headerRules(received, {
        'user-agent': /^(?!GitHubCopilotChat)./,
        'copilot-integration-id': /./,
        'editor-version': /^[\w-]+\/[\d.]+$/,
        'editor-plugin-version': /^[\w-]+\/[\d.]+$/,
        'openai-intent': 'conversation-panel',
        'x-github-api-version': '2025-04-01',
        'x-request-id': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        'x-initiator': isPersons(received) ? 'user' : 'agent',
        'copilot-vision-request': JSON.stringify(received.body).includes('base64') ? 'true' : /^$/,
      }),
      ...absentRules(received, ['x-vscode-user-agent-library-version']),
      ['A part is neither text nor image.', received.path !== '/chat/completions' || partsOf(received).every(isPlain)],
    ],
    refuse: (response, status, message) => sendJson(response, { error: { message, code: 'bad_request' } }, status),
    answer: (received, response) => {
      const { path, body } = received;
      if (path === '/chat/completions' && body['model'] === ONLY_RESPONSES) {
        const message = `model "${ONLY_RESPONSES}" is not accessible via the /chat/completions endpoint`;
        return sendJson(response, { error: { message, code: 'unsupported_api_for_model' } }, 400);
      }
      ANSWERS[path]?.(received, response);
    },
  });
}

function isPersons({ body }: Received): boolean {
  const last = asObject(asArray(body['messages'] ?? body['input']).at(-1));
  const isResult = objectsOf(last?.['content']).every(({ type }) => type === 'tool_result');
  return last?.['role'] === 'user' && (objectsOf(last['content']).length === 0 || !isResult);
}

function partsOf({ body }: Received): JsonValue[] {
  return objectsOf(body['messages']).flatMap(({ content }) => (Array.isArray(content) ? content : []));
}

function isPlain(part: JsonValue): boolean {
  return isObject(part) && (part['type'] === 'text' || part['type'] === 'image_url');
}
