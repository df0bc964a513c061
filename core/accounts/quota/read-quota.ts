/** One reading of an account's quota at its provider, with the account's token of the moment. */
import { OmniError } from '../../base/errors.ts';
import { asObject, parseJson } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import { upstreamError } from '../../model/upstream-error.ts';
import type { Provider } from '../../providers/provider.ts';
import type { QuotaRequest, QuotaSource, QuotaTold } from '../../providers/quota.ts';
import type { Credential } from '../accounts.ts';
import { answerError } from '../answer-error.ts';
import { urlAt } from '../flows/common.ts';
import type { HttpSend } from '../http.ts';

export interface QuotaReading {
  readonly row: Provider;
  readonly source: QuotaSource;
  readonly credential: Credential;
  readonly send: HttpSend;
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

/** What the provider tells. Throws `upstream_*` errors whose messages hold no token. */
export async function readQuota(reading: QuotaReading): Promise<QuotaTold> {
  const { row, source, credential, send, signal, nowMs } = reading;
  const request = source.request(credential);
  const key = tokenOf(request, credential);
  const region = credential.data['region'];
  const answer = await send(
    {
      method: request.method,
      url: urlAt(row, request.host, request.path, typeof region === 'string' ? { region } : {}),
      headers: {
        accept: 'application/json',
        ...(request.body && { 'content-type': 'application/json' }),
        ...request.headers,
        authorization: `${request.accountTokenPrefix ?? 'Bearer '}${key.reveal()}`,
      },
      ...(request.body && { body: JSON.stringify(request.body) }),
    },
    signal,
  );
  if (answer.status >= 400) throw upstreamError(answerError(answer, key), answer.status);
  const body = asObject(parseJson(answer.body));
  const told = answer.status < 300 && body !== undefined ? source.read(body, nowMs) : undefined;
  if (told !== undefined) return told;
  throw new OmniError(
    'upstream_bad_response',
    `${row.name} told nothing of this account's quota (status ${answer.status}).`,
  );
}

function tokenOf({ accountTokenPrefix }: QuotaRequest, { key, accountToken }: Credential): Secret {
  return accountTokenPrefix === undefined ? key : (accountToken ?? key);
}
