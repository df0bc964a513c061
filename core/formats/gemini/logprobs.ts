/** Log probabilities: Gemini's `logprobsResult` and the entries of OpenAI's kind that the hub carries. */
import { asNumber, asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';

/** One entry per token chosen, with its alternatives. */
export function decodeLogprobs(result: JsonObject | undefined): JsonObject[] {
  const alternatives = objectsOf(result?.['topCandidates']);
  return objectsOf(result?.['chosenCandidates']).map((chosen, index) => ({
    ...entry(chosen),
    top_logprobs: objectsOf(alternatives[index]?.['candidates']).map(entry),
  }));
}

function entry(candidate: JsonObject): JsonObject {
  const token = asString(candidate['token']) ?? '';
  return { token, logprob: asNumber(candidate['logProbability']) ?? 0, bytes: [...Buffer.from(token)] };
}

/** The entries as `logprobsResult`. */
export function encodeLogprobs(entries: readonly JsonObject[]): JsonObject {
  return {
    chosenCandidates: entries.map(candidate),
    topCandidates: entries.map((one) => ({ candidates: objectsOf(one['top_logprobs']).map(candidate) })),
  };
}

function candidate(value: JsonObject): JsonObject {
  return { token: asString(value['token']) ?? '', logProbability: asNumber(value['logprob']) ?? 0 };
}

/** The result in a candidate, if any. */
export function logprobsIn(candidate: JsonObject): JsonObject[] {
  return decodeLogprobs(asObject(candidate['logprobsResult']));
}
