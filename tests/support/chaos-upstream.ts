/**
 * An OpenAI-compatible upstream on a real socket that misbehaves on command, written from the protocol's documents
 * (https://platform.openai.com/docs/api-reference/chat/streaming), and notes when it was called and what it said.
 */
import type { ServerResponse } from 'node:http';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from './upstream.ts';

export type Mood =
  | 'ok'
  | '429 with Retry-After'
  | '429 without a hint'
  | '500'
  | 'hang before the headers'
  | 'hang after the headers'
  | 'cut after the headers'
  | 'garbage'
  | 'slow loris';

export interface Call {
  readonly atMs: number;
  readonly mood: Mood;
}

export interface ChaosUpstream {
  readonly url: string;
  readonly name: string;
  readonly calls: readonly Call[];
  mood: Mood;
  close(): Promise<void>;
}

/** How long a stream of this upstream takes when it is well. */
const PIECES = 5;
const PIECE_MS = 10;
/** What it asks for in the mood of that name. */
export const RETRY_AFTER_S = 1;

export async function startChaosUpstream(name: string): Promise<ChaosUpstream> {
  const calls: Call[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const upstream: Upstream = await startUpstream((received, response) => {
    calls.push({ atMs: Date.now(), mood: state.mood });
    answer(state.mood, { response, later, name, isStream: received.body['stream'] === true });
  });
  const state: ChaosUpstream = {
    url: `${upstream.url}/v1`,
    name,
    calls,
    mood: 'ok',
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      await upstream.close();
    },
  };
  return state;
}

interface Scene {
  readonly response: ServerResponse;
  later(ms: number, work: () => void): void;
  readonly name: string;
  readonly isStream: boolean;
}

function answer(mood: Mood, scene: Scene): void {
  const { response } = scene;
  switch (mood) {
    case 'ok':
      if (scene.isStream) stream(scene);
      else sendJson(response, chatAnswer(scene.name));
      break;
    case '429 with Retry-After':
      sendJson(response, { error: { message: 'slow down', type: 'requests' } }, 429, {
        'retry-after': `${RETRY_AFTER_S}`,
      });
      break;
    case '429 without a hint':
      sendJson(response, { error: { message: 'Too many requests', type: 'requests' } }, 429);
      break;
    case '500':
      sendJson(response, { error: { message: 'boom', type: 'server_error' } }, 500);
      break;
    case 'hang before the headers':
      break;
    case 'hang after the headers':
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      break;
    case 'cut after the headers':
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      scene.later(5, () => response.destroy());
      break;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>It works!</body></html>');
      break;
    case 'slow loris':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      drip(scene, 'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[', 0);
      break;
  }
}

/** A whole stream, piece by piece. */
function stream({ response, later, name }: Scene, piece = 0): void {
  if (piece === 0) sendSse(response, [chatChunk({ role: 'assistant', content: '' })], false);
  if (piece === PIECES) {
    sendSse(response, [chatChunk({}, 'stop'), 'data: [DONE]']);
    return;
  }
  later(PIECE_MS, () => {
    sendSse(response, [chatChunk({ content: `${name}-${piece} ` })], false);
    stream({ response, later, name, isStream: true }, piece + 1);
  });
}

function drip(scene: Scene, text: string, at: number): void {
  if (scene.response.destroyed) return;
  scene.response.write(text[at % text.length] ?? ' ');
  scene.later(100, () => drip(scene, text, at + 1));
}
