/**
 * What a target could not express. Encoders return losses; they go to the request's log and to the Translator page,
 * and a reviewed snapshot in the tests lists them format by format.
 */
export const LOSS_FEATURES = [
  'system-position', // system text in mid-conversation was moved to the front
  'developer-role', // developer text became system text
  'system-role', // system text became part of what the user says
  'participant-name',
  'image',
  'image-detail',
  'audio',
  'video',
  'file',
  'file-id',
  'filename',
  'reasoning', // reasoning history the target cannot take (foreign, unsigned)
  'reasoning-signature',
  'reasoning-effort', // effort or budget was mapped to a coarser scale or left out
  'reasoning-options',
  'tool-provider-run',
  'tool-custom', // free-text tool became a function with one string
  'tool-namespace', // tool group became a name prefix
  'tool-name', // a name the target refuses was rewritten (and is written back in the reply)
  'tool-id', // an id the target refuses was rewritten
  'tool-strict',
  'tool-choice',
  'tool-result-orphan', // a result without its call
  'tool-result-error',
  'tool-result-media',
  'tool-arguments', // arguments that are no JSON object
  'parallel-tool-calls',
  'schema-keyword', // a JSON-Schema keyword the target refuses
  'max-output-tokens',
  'temperature',
  'top-p',
  'top-k',
  'min-p',
  'seed',
  'presence-penalty',
  'frequency-penalty',
  'logit-bias',
  'stop',
  'choices',
  'logprobs',
  'json-mode',
  'json-schema',
  'cache-mark',
  'prompt-cache-key',
  'user',
  'metadata',
  'store',
  'service-tier',
  'usage-detail',
  'refusal',
  'citations',
  'finish-reason',
  'opaque', // a provider-run item of another protocol
  'extension', // a field only the client's protocol knows
  'empty-text',
] as const;
export type LossFeature = (typeof LOSS_FEATURES)[number];

export interface Loss {
  readonly feature: LossFeature;
  /** Where it stood in the hub's request or reply: `messages[3].parts[0]`. */
  readonly path: string;
  /** One sentence for a person: what happened instead. */
  readonly detail: string;
}

/** Collects losses, each feature and path once. */
export class LossList {
  readonly #losses = new Map<string, Loss>();

  add(feature: LossFeature, path: string, detail: string): void {
    const key = `${feature} ${path}`;
    if (!this.#losses.has(key)) this.#losses.set(key, { feature, path, detail });
  }
  list(): readonly Loss[] {
    return [...this.#losses.values()];
  }
}
