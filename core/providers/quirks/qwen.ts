/** What the chat host of Qwen accounts wants otherwise than OpenAI's protocol has it. */
import { asArray, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { withoutFields } from './body.ts';

const HOST =
  'https://github.com/QwenLM/qwen-code/blob/main/packages/core/src/core/openaiContentGenerator/provider/dashscope.ts';
const MARK = { cache_control: { type: 'ephemeral' } };

/** A model that thinks chooses its tools itself: https://help.aliyun.com/zh/model-studio/deep-thinking */
export const qwenToolChoice: Quirk = {
  name: 'qwen-tool-choice',
  why: 'https://help.aliyun.com/zh/model-studio/deep-thinking',
  formats: ['openai-chat'],
  needs: ['tool_choice'],
  request: (body) => {
    const { tool_choice: choice } = body;
    const isForced = choice !== undefined && choice !== 'auto' && choice !== 'none';
    return isForced && thinks(body) ? { ...body, tool_choice: 'auto' } : body;
  },
};

function thinks({ enable_thinking: enabled, thinking, reasoning_effort: effort }: JsonObject): boolean {
  if (enabled === true || (isObject(thinking) && thinking['type'] !== 'disabled')) return true;
  return typeof effort === 'string' && effort !== 'none';
}

/** 400 to `stream_options` where no stream is asked for. */
export const streamOptionsOnlyWithStream: Quirk = {
  name: 'stream-options-only-with-stream',
  why: 'https://github.com/decolua/9router/issues/557',
  formats: ['openai-chat'],
  needs: ['stream_options'],
  request: (body) => (body['stream'] === true ? body : withoutFields(body, ['stream_options'])),
};

/** A conversation begins with a system message whose text is marked for the cache; an empty one where the client has none. */
export const qwenCachedSystem: Quirk = {
  name: 'qwen-cached-system',
  why: HOST,
  formats: ['openai-chat'],
  needs: ['messages'],
  request: (body) => {
    const [first, ...others] = asArray(body['messages']);
    if (first === undefined) return body;
    if (!isObject(first) || first['role'] !== 'system')
      return { ...body, messages: [{ role: 'system', content: [textPart('')] }, first, ...others] };
    const content = marked(first['content']);
    return content === undefined ? body : { ...body, messages: [{ ...first, content }, ...others] };
  },
};

function textPart(text: string): JsonObject {
  return { type: 'text', text, ...MARK };
}

/** Undefined where nothing is to change. */
function marked(content: JsonValue | undefined): JsonValue[] | undefined {
  if (typeof content === 'string') return [textPart(content)];
  const parts = asArray(content);
  const last = parts.at(-1);
  if (!isObject(last) || parts.some((part) => isObject(part) && part['cache_control'] !== undefined)) return undefined;
  return [...parts.slice(0, -1), { ...last, ...MARK }];
}
