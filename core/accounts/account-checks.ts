/** Asks an account's provider: does it work, and which models are there? */
import { OmniError, toOmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import type { Provider } from '../providers/provider.ts';
import { isOver, type KeyAccountsParts, keyMissing, notFound, openKey, providerOf } from './account-parts.ts';
import type { TestResult } from './accounts.ts';
import { checkKey, type Verdict } from './check-key.ts';
import type { HttpSend } from './http.ts';
import { fetchModelList } from './model-list.ts';

/** Of one test: up to three calls of ten seconds each. */
const TEST_LIMIT_MS = 30_000;
const LIST_LIMIT_MS = 60_000;

/** Tests the account and notes how it went. Throws `not_found`. */
export async function testAccount(parts: KeyAccountsParts, id: string): Promise<TestResult> {
  const { connections } = parts.store;
  const tested = connections.get(id);
  if (tested === undefined) throw notFound(id);
  const provider = providerOf(parts, tested.provider);
  const { result, verdict } =
    tested.authType === 'oauth'
      ? await checkLogin(parts, id)
      : await timedCheck(parts, {
          ...{ provider, key: openKey(parts, tested), model: tested.defaultModel, connectionId: id },
        });
  const current = connections.get(id);
  // Meanwhile it may have been removed, or given another key, about which this says nothing.
  if (current === undefined || current.sealedApiKey !== tested.sealedApiKey) return result;
  // A login that is over was noted as that where it was found out.
  if (isOver(current)) return result;
  const nowMs = parts.clock.nowMs();
  connections.update(id, {
    testStatus: verdict.status,
    lastTestedAtMs: nowMs,
    lastError: verdict.error,
    lastErrorAtMs: verdict.error === undefined ? undefined : nowMs,
  });
  if (result.valid) parts.onGoodKey?.(id);
  return result;
}

/** A login is good while its provider gives a token for it. */
async function checkLogin(
  { loginOf }: KeyAccountsParts,
  id: string,
): Promise<{ readonly result: TestResult; readonly verdict: Verdict }> {
  const startedMs = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - startedMs);
  try {
    await loginOf(id).credential();
    return { verdict: { status: 'active' }, result: { valid: true, latencyMs: latencyMs() } };
  } catch (thrown) {
    const { code, message: error } = toOmniError(thrown);
    const status = code === 'login_expired' ? 'error' : 'unavailable';
    return { verdict: { status, error }, result: { valid: false, error, latencyMs: latencyMs() } };
  }
}

interface Checked {
  readonly provider: Provider;
  readonly key: Secret | undefined;
  readonly model?: string | undefined;
  /** Absent for a key that is not stored yet. */
  readonly connectionId?: string;
}

/** Calls of an account take the way of its requests. */
function sendVia({ send }: KeyAccountsParts, providerId: string, connectionId: string | undefined): HttpSend {
  const via = { providerId, ...(connectionId !== undefined && { connectionId }) };
  return (request, signal) => send({ ...request, via }, signal);
}

/** Tests a key, stored or not. */
export async function timedCheck(
  parts: KeyAccountsParts,
  { provider, key, model, connectionId }: Checked,
): Promise<{ readonly result: TestResult; readonly verdict: Verdict }> {
  if (key === undefined && provider.key === 'required') {
    const verdict = { status: 'error', error: keyMissing(provider) } as const;
    return { verdict, result: { valid: false, error: verdict.error, latencyMs: 0 } };
  }
  const startedMs = performance.now();
  const chosen = model ?? parts.modelFor?.(provider.id);
  const verdict = await checkKey({
    provider,
    key,
    send: sendVia(parts, provider.id, connectionId),
    signal: AbortSignal.timeout(TEST_LIMIT_MS),
    ...(chosen !== undefined && { model: chosen }),
  });
  const { status, error, statusCode } = verdict;
  const latencyMs = Math.round(performance.now() - startedMs);
  return { verdict, result: compact({ valid: status === 'active', error, statusCode, latencyMs }) };
}

/** Ids of the models that its provider lists. Throws what the list's reader throws, `not_found` and `invalid_request`. */
export async function fetchModels(parts: KeyAccountsParts, id: string): Promise<readonly string[]> {
  const record = parts.store.connections.get(id);
  if (record === undefined) throw notFound(id);
  const provider = providerOf(parts, record.provider);
  const { modelList } = provider;
  if (modelList === undefined)
    throw new OmniError('invalid_request', `${provider.name} does not list its models. Add them by hand.`);
  return await fetchModelList({
    provider: { ...provider, modelList },
    key: record.authType === 'oauth' ? (await parts.loginOf(id).credential()).key : openKey(parts, record),
    isLogin: record.authType === 'oauth',
    send: sendVia(parts, provider.id, id),
    signal: AbortSignal.timeout(LIST_LIMIT_MS),
  });
}
