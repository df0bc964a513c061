/** Official SDKs as their users write them: a turn of talk, then one that calls a tool and is told what it gave. */
import Anthropic from '@anthropic-ai/sdk';
import { type Content, GoogleGenAI, type Part, type Tool } from '@google/genai';
import OpenAI from 'openai';

export interface SdkTalk {
  readonly text: string;
  /** The tool that the model called. */
  readonly call: { readonly name: string | undefined; readonly input: unknown };
  /** What the model made of its result. */
  readonly told: string;
}

export interface SdkPlace {
  /** The gateway's. */
  readonly url: string;
  readonly model: string;
  readonly isStreamed: boolean;
}

export type SdkClient = (place: SdkPlace) => Promise<SdkTalk>;

const HELLO = 'Good morning.';
const QUESTION = 'How is the weather in Rome?';
const RESULT = 'sunny';
const TOOL = { name: 'weather', description: 'The weather in a city.' };
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };

export const anthropicSdk: SdkClient = async ({ url, model, isStreamed }) => {
  const client = new Anthropic({ apiKey: 'any', baseURL: url, maxRetries: 0 });
  const ask = (messages: Anthropic.MessageParam[], tools?: Anthropic.Tool[]): Promise<Anthropic.Message> => {
    const body = { model, max_tokens: 99, messages, ...(tools && { tools }) };
    return isStreamed ? client.messages.stream(body).finalMessage() : client.messages.create(body);
  };
  const textOf = ({ content }: Anthropic.Message): string =>
    content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const tools = [{ ...TOOL, input_schema: SCHEMA }];
  const question: Anthropic.MessageParam = { role: 'user', content: QUESTION };
  const hello = await ask([{ role: 'user', content: HELLO }]);
  const called = await ask([question], tools);
  const call = called.content.find((block) => block.type === 'tool_use');
  const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: RESULT };
  const answer: Anthropic.MessageParam = { role: 'assistant', content: called.content };
  const told = await ask([question, answer, { role: 'user', content: [result] }], tools);
  return { text: textOf(hello), call: { name: call?.name, input: call?.input }, told: textOf(told) };
};

type ChatMessage = OpenAI.ChatCompletionMessageParam;

export const openaiChatSdk: SdkClient = async ({ url, model, isStreamed }) => {
  const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 });
  const ask = async (
    messages: ChatMessage[],
    tools?: OpenAI.ChatCompletionTool[],
  ): Promise<OpenAI.ChatCompletionMessage | undefined> => {
    const body = { model, messages, ...(tools && { tools }) };
    const completion = isStreamed
      ? await client.chat.completions.stream(body).finalChatCompletion()
      : await client.chat.completions.create(body);
    return completion.choices[0]?.message;
  };
  const tools = [{ type: 'function' as const, function: { ...TOOL, parameters: SCHEMA } }];
  const question: ChatMessage = { role: 'user', content: QUESTION };
  const hello = await ask([{ role: 'user', content: HELLO }]);
  const called = await ask([question], tools);
  const call = called?.tool_calls?.find((one) => one.type === 'function');
  const result: ChatMessage = { role: 'tool', tool_call_id: call?.id ?? '', content: RESULT };
  const told = await ask([question, ...(called ? [called] : []), result], tools);
  const input: unknown = JSON.parse(call?.function.arguments ?? 'null');
  return { text: hello?.content ?? '', call: { name: call?.function.name, input }, told: told?.content ?? '' };
};

type ResponseItem = OpenAI.Responses.ResponseInputItem;

export const openaiResponsesSdk: SdkClient = async ({ url, model, isStreamed }) => {
  const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 });
  const ask = async (
    input: ResponseItem[],
    tools?: OpenAI.Responses.FunctionTool[],
  ): Promise<OpenAI.Responses.Response> => {
    const body = { model, input, store: false, ...(tools && { tools }) };
    return isStreamed ? await client.responses.stream(body).finalResponse() : await client.responses.create(body);
  };
  const tools = [{ type: 'function' as const, ...TOOL, parameters: SCHEMA, strict: false }];
  const question: ResponseItem = { role: 'user', content: QUESTION };
  const hello = await ask([{ role: 'user', content: HELLO }]);
  const called = await ask([question], tools);
  const call = called.output.find((item) => item.type === 'function_call');
  const result: ResponseItem = { type: 'function_call_output', call_id: call?.call_id ?? '', output: RESULT };
  const told = await ask([question, ...(called.output as ResponseItem[]), result], tools);
  const input: unknown = JSON.parse(call?.arguments ?? 'null');
  return { text: hello.output_text, call: { name: call?.name, input }, told: told.output_text };
};

export const googleSdk: SdkClient = async ({ url, model, isStreamed }) => {
  const client = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: url } });
  const ask = async (contents: Content[], tools?: Tool[]): Promise<Part[]> => {
    const body = { model, contents, ...(tools && { config: { tools } }) };
    if (!isStreamed) return (await client.models.generateContent(body)).candidates?.[0]?.content?.parts ?? [];
    const parts: Part[] = [];
    for await (const { candidates } of await client.models.generateContentStream(body))
      parts.push(...(candidates?.[0]?.content?.parts ?? []));
    return parts;
  };
  const textOf = (parts: readonly Part[]): string => parts.map(({ text = '' }) => text).join('');
  const tools = [{ functionDeclarations: [{ ...TOOL, parametersJsonSchema: SCHEMA }] }];
  const question: Content = { role: 'user', parts: [{ text: QUESTION }] };
  const hello = await ask([{ role: 'user', parts: [{ text: HELLO }] }]);
  const called = await ask([question], tools);
  const call = called.find(({ functionCall }) => functionCall !== undefined)?.functionCall;
  const response = { ...(call?.id && { id: call.id }), name: call?.name ?? '', response: { result: RESULT } };
  const answer: Content = { role: 'model', parts: called };
  const told = await ask([question, answer, { role: 'user', parts: [{ functionResponse: response }] }], tools);
  return { text: textOf(hello), call: { name: call?.name, input: call?.args }, told: textOf(told) };
};
