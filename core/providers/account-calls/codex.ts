/** Calls with a ChatGPT account name the workspace that pays: https://github.com/openai/codex (codex-rs, backend client). */
import { asString } from '../../base/json.ts';
import type { AccountCall } from '../account-call.ts';

export const codexCall: AccountCall = {
  headers: ({ data }) => {
    const accountId = asString(data['accountId']);
    return accountId === undefined ? {} : { 'chatgpt-account-id': accountId };
  },
};
