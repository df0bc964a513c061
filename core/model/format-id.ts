/** The wire formats, each both a client's and an upstream's. */
export const FORMAT_IDS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama-chat'] as const;
export type FormatId = (typeof FORMAT_IDS)[number];

/** Those, and the ones that only upstreams speak: no client of ours does. */
export const UPSTREAM_FORMAT_IDS = [...FORMAT_IDS, 'codewhisperer'] as const;
export type UpstreamFormatId = (typeof UPSTREAM_FORMAT_IDS)[number];

export function isFormatId(value: string): value is FormatId {
  return (FORMAT_IDS as readonly string[]).includes(value);
}

export function isUpstreamFormatId(value: string): value is UpstreamFormatId {
  return (UPSTREAM_FORMAT_IDS as readonly string[]).includes(value);
}
