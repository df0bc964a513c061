/**
 * Anthropic's Messages for an account's token. Callers that are not Claude Code, and do not say they are, are refused in
 * Anthropic's words: https://github.com/anthropics/claude-code/issues/8046
 */
import { objectsOf } from '../../../core/base/json.ts';
import { sendJson } from '../upstream.ts';
import { answerMessages } from './messages-wire.ts';
import { type AccountUpstream, absentRules, type GoodTokens, headerRules, startService } from './upstream.ts';

const IDENTITY = "You are Claude Code, Anthropic's official CLI for Claude.";
export const ONLY_CLAUDE_CODE =
  'This credential is only authorized for use with Claude Code and cannot be used for other API requests.';

/** Of its documents, and of the callers' own SDK, whose version goes on with its body. */
const VERSION = /^(?:2023-06-01|2026-10-21)$/;

/** `isStrict`: only Claude Code is served. */
export function startClaude(tokens: GoodTokens, options: { isStrict?: boolean } = {}): Promise<AccountUpstream> {
  return startService({
    tokens,
    rules: (received) => {
      const betas = String(received.headers['anthropic-beta'] ?? '').split(',');
      const isOwn = /^claude-cli\//.test(received.headers['user-agent'] ?? '');
      return [
        ['The path is wrong.', received.path === '/v1/messages?beta=true'],
        ...headerRules(received, { 'anthropic-version': VERSION, 'content-type': /^application\/json/ }),
        ...absentRules(received, isOwn ? ['x-api-key'] : ['x-api-key', 'x-app', 'x-stainless-lang', 'user-agent']),
        ['The OAuth beta is not named.', betas.includes('oauth-2025-04-20')],
        ['A beta stands twice.', new Set(betas).size === betas.length],
      ];
    },
    refuse: (response, status, message) =>
      sendJson(
        response,
        { type: 'error', error: { type: status === 401 ? 'authentication_error' : 'invalid_request_error', message } },
        status,
      ),
    answer: (received, response) => {
      const isOwn = objectsOf(received.body['system'])[0]?.['text'] === IDENTITY;
      if (options.isStrict !== true || isOwn) return answerMessages(received, response);
      sendJson(response, { type: 'error', error: { type: 'invalid_request_error', message: ONLY_CLAUDE_CODE } }, 400);
    },
  });
}
