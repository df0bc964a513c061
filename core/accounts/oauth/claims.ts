/** What a JSON Web Token says. Read, not verified: it came from the vendor's token endpoint over TLS, and is only shown. */
import { asObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';

/** The claims; empty for anything that is no such token. */
export function claimsOf(token: Secret | undefined): JsonObject {
  const payload = token?.reveal().split('.')[1];
  if (payload === undefined) return {};
  return asObject(parseJson(Buffer.from(payload, 'base64url').toString('utf8'))) ?? {};
}
