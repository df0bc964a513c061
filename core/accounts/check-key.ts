/**
 * Does this key work? The model list is asked first, since it costs nothing; where that does not decide, one token is
 * asked for. Two things a list cannot tell are looked into: some providers list their models to anyone, so that a list
 * proves nothing about the key, and some answer 400 where others answer 401, so the error's own words count too.
 */
import { type OmniError, toOmniError } from '../base/errors.ts';
import { scrubbed } from '../base/scrub.ts';
import type { Secret } from '../base/secret.ts';
import { classifyUpstreamError } from '../model/upstream-error.ts';
import type { ModelList, Provider } from '../providers/provider.ts';
import { answerError } from './answer-error.ts';
import type { HttpAnswer, HttpSend } from './http.ts';
import { readModelPage } from './model-list.ts';
import { modelListRequest, probeRequest } from './provider-calls.ts';

export interface Verdict {
  /** `error`: the key or the address is wrong. `unavailable`: the provider could not say. */
  readonly status: 'active' | 'error' | 'unavailable';
  /** What to do about it, when not active. Never holds the key. */
  readonly error?: string;
  readonly statusCode?: number;
}

export interface KeyCheck {
  readonly provider: Provider;
  readonly key: Secret | undefined;
  /** Asked for in the one-token call; absent: the first one known. */
  readonly model?: string;
  readonly send: HttpSend;
  readonly signal: AbortSignal;
}

/** Asks the provider. Never throws: a provider that cannot be reached is a verdict too. */
export async function checkKey(check: KeyCheck): Promise<Verdict> {
  try {
    return await ask(check);
  } catch (error) {
    return unreachable(toOmniError(error), check.key);
  }
}

async function ask(check: KeyCheck): Promise<Verdict> {
  const { provider, key, send, signal } = check;
  const list = provider.modelList === undefined ? undefined : await askForModels(check, provider.modelList);
  if (list?.verdict !== undefined) return list.verdict;
  const model = check.model ?? firstChatModel(provider) ?? list?.models[0] ?? 'test';
  const answer = await send(probeRequest(provider, key, model), signal);
  if (isRefusal(answer, key)) return refused(provider, answer.status);
  // The list came without a key: only a refusal says anything about this one.
  if (list?.isOpenToAll === true) return { status: 'active', statusCode: answer.status };
  return judgeProbe(provider, answer, key);
}

interface ListLook {
  readonly verdict?: Verdict;
  readonly isOpenToAll: boolean;
  readonly models: readonly string[];
}

async function askForModels({ provider, key, send, signal }: KeyCheck, modelList: ModelList): Promise<ListLook> {
  const listing = { ...provider, modelList };
  const answer = await send(modelListRequest(listing, key), signal);
  if (isRefusal(answer, key)) return { verdict: refused(provider, answer.status), isOpenToAll: false, models: [] };
  if (!isSuccess(answer)) return { isOpenToAll: false, models: [] };
  const active: Verdict = { status: 'active', statusCode: answer.status };
  if (key === undefined || provider.key === 'optional') return { verdict: active, isOpenToAll: false, models: [] };
  const without = await send(modelListRequest(listing, undefined), signal).catch((): undefined => undefined);
  if (without === undefined || !isSuccess(without)) return { verdict: active, isOpenToAll: false, models: [] };
  return { isOpenToAll: true, models: readModelPage(modelList.shape, answer.body)?.models ?? [] };
}

function judgeProbe(provider: Provider, answer: HttpAnswer, key: Secret | undefined): Verdict {
  const { status } = answer;
  if (isSuccess(answer)) return { status: 'active', statusCode: status };
  if (status < 400)
    return wrong(
      status,
      `${provider.name} answered with a redirect (${status}), which is not followed. Enter the address it leads to as the base URL.`,
    );
  if (status >= 500)
    return {
      status: 'unavailable',
      statusCode: status,
      error: `${provider.name} is unavailable (${status}). The key was not judged; try again later.`,
    };
  // Without the status, only the error's own words say that the model, not the address, is unknown.
  const isModelUnknown = classifyUpstreamError(answerError(answer, key)) === 'upstream_model_not_found';
  if ((status === 404 || status === 405) && !isModelUnknown)
    return wrong(
      status,
      `${provider.name} has no such endpoint at ${provider.hosts.api}${provider.endpoints[0].path} (${status}). Check the base URL and the type of the endpoint.`,
    );
  return { status: 'active', statusCode: status };
}

function isRefusal(answer: HttpAnswer, key: Secret | undefined): boolean {
  if (answer.status === 401) return true;
  if (answer.status !== 400 && answer.status !== 403) return false;
  const code = classifyUpstreamError(answerError(answer, key), answer.status);
  return code === 'upstream_auth' || code === 'upstream_permission';
}

function refused({ name, keyUrl }: Provider, status: number): Verdict {
  const where = keyUrl === undefined ? '' : ` A new one is made at ${keyUrl}.`;
  return wrong(
    status,
    status === 403
      ? `${name} does not permit this with the API key (403). Check that the key is valid and has access to the models.${where}`
      : `${name} refused the API key (${status}): it is invalid. Check that it was copied whole and is not revoked.${where}`,
  );
}

function wrong(statusCode: number, error: string): Verdict {
  return { status: 'error', statusCode, error };
}

function unreachable(error: OmniError, key: Secret | undefined): Verdict {
  return { status: 'unavailable', error: scrubbed(error.message, key) };
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

function firstChatModel({ models = [] }: Provider): string | undefined {
  return models.find(({ type = 'chat', retiredOn }) => type === 'chat' && retiredOn === undefined)?.id;
}
