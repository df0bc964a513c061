/**
 * The recorded provider traffic beside the repository (`../shared/fixtures`): real answers, read in place, never copied.
 * Where the folder is absent the suites that use it skip with this reason.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Frame } from '../../core/base/framing.ts';
import { asObject, asString, type JsonValue, parseJson } from '../../core/base/json.ts';
import type { FormatId } from '../../core/model/format-id.ts';

const ROOT = new URL('../../../shared/fixtures/recorded', import.meta.url).pathname;

export const recordedMissing = existsSync(ROOT) ? undefined : `no recorded traffic at ${ROOT}`;

export interface Recording {
  /** `openai/chat/openai-text.chunks.txt` */
  readonly name: string;
  readonly format: FormatId;
  /** A whole answer, or the bytes of a stream in its own envelope. */
  readonly content:
    | { readonly type: 'reply'; readonly body: JsonValue }
    | { readonly type: 'stream'; readonly bytes: Buffer };
}

/** Folders whose answers are no chat: embeddings, images, audio. */
const OTHER_KINDS = /^(openai\/(image|embedding|transcription)|deepgram)\/|transcription/;

/** All recordings of chat answers, in a stable order. */
export function recordings(): Recording[] {
  if (recordedMissing !== undefined) return [];
  return filesUnder(ROOT)
    .map((file) => relative(ROOT, file))
    .filter((name) => !OTHER_KINDS.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(ROOT, name), 'utf8');
      const format = formatOf(name);
      if (name.endsWith('.json')) return { name, format, content: { type: 'reply', body: parseJson(text) ?? null } };
      const bytes = Buffer.from(name.endsWith('.sse') ? text : envelope(text, format));
      return { name, format, content: { type: 'stream', bytes } };
    });
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function formatOf(name: string): FormatId {
  if (name.includes('/responses/')) return 'openai-responses';
  if (name.startsWith('anthropic/')) return 'anthropic-messages';
  return name.startsWith('google/') ? 'gemini' : 'openai-chat';
}

/** Puts the stripped SSE envelope back, by each protocol's rule (fixtures/README.md). */
function envelope(text: string, format: FormatId): string {
  const payloads = text.split('\n').filter((line) => line.trim() !== '');
  const frames = payloads.map((data): Frame => {
    const type = asString(asObject(parseJson(data))?.['type']);
    const named = format === 'anthropic-messages' || format === 'openai-responses';
    return named && type !== undefined ? { event: type, data } : { data };
  });
  const all = format === 'openai-chat' ? [...frames, { data: '[DONE]' }] : frames;
  return all.map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`).join('');
}
