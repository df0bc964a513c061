/** iFlow's chat host: a call that is not signed with the key it carries is answered with 406. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { sendJson } from '../upstream.ts';
import { answerChat } from './chat-wire.ts';
import { type AccountUpstream, type GoodTokens, startService } from './upstream.ts';

export function startIflow(keys: GoodTokens): Promise<AccountUpstream> {
  const seen = new Set<string>();
  return startService({
    tokens: keys,
    rules: ({ headers, path }) => {
      const session = String(headers['session-id'] ?? '');
      const timestamp = String(headers['x-iflow-timestamp'] ?? '');
      const key = headers.authorization?.replace('Bearer ', '') ?? '';
      const signed = ['iFlow-Cli', session, timestamp].join(':');
      const expected = Buffer.from(createHmac('sha256', key).update(signed).digest('hex'));
      const given = Buffer.from(String(headers['x-iflow-signature'] ?? ''));
      const isNew = !seen.has(session);
      seen.add(session);
      return [
        ['The path is wrong.', path === '/v1/chat/completions'],
        ['The user agent is not the one that is signed.', headers['user-agent'] === 'iFlow-Cli'],
        ['The session is no session.', /^session-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(session) && isNew],
        ['The time is not now.', Math.abs(Number(timestamp) - Date.now()) < 60_000],
        ['The signature is wrong.', given.length === expected.length && timingSafeEqual(given, expected)],
      ];
    },
    refuse: (response, status, message) =>
      sendJson(response, { status: String(status), msg: message, message }, status === 400 ? 406 : status),
    answer: answerChat,
  });
}
