/** The loss matrix's features of media, and of thoughts in the history. */
import {
  anthropicMessages,
  chatMessages,
  type Feature,
  geminiContents,
  ollamaMessages,
  PDF,
  PNG,
  responsesInput,
  sealed,
  userBlock,
} from './loss-matrix-bodies.ts';

const USER = { role: 'user', content: 'Hi' };
const ASKED = { type: 'message', role: 'user', content: 'Hi' };
const HI = { role: 'user', parts: [{ text: 'Hi' }] };
const MORE = { role: 'user', content: 'More' };

const SOURCE = { type: 'base64', media_type: 'image/png', data: PNG };

export const MEDIA_FEATURES: readonly Feature[] = [
  {
    name: 'image, inline',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
      'openai-responses': userBlock.responses({ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }),
      'anthropic-messages': userBlock.anthropic({ type: 'image', source: SOURCE }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'image/png', data: PNG } }),
      'ollama-chat': ollamaMessages({ role: 'user', content: 'Look', images: [PNG] }),
    },
  },
  {
    name: 'image, remote',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'image_url', image_url: { url: 'https://w.test/a.png' } }),
      'openai-responses': userBlock.responses({ type: 'input_image', image_url: 'https://w.test/a.png' }),
      'anthropic-messages': userBlock.anthropic({
        type: 'image',
        source: { type: 'url', url: 'https://w.test/a.png' },
      }),
    },
  },
  {
    name: 'image, uploaded',
    bodies: {
      'openai-responses': userBlock.responses({ type: 'input_image', file_id: 'file-1' }),
      'anthropic-messages': userBlock.anthropic({ type: 'image', source: { type: 'file', file_id: 'file_1' } }),
      gemini: userBlock.gemini({
        fileData: { mimeType: 'image/png', fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/1' },
      }),
    },
  },
  {
    name: 'image of a type few take',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'image_url', image_url: { url: 'data:image/heic;base64,QUJD' } }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'image/heic', data: 'QUJD' } }),
    },
  },
  {
    name: 'detail of an image',
    bodies: {
      'openai-chat': userBlock.chat({
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' },
      }),
      'openai-responses': userBlock.responses({
        type: 'input_image',
        image_url: `data:image/png;base64,${PNG}`,
        detail: 'low',
      }),
    },
  },
  {
    name: 'PDF, inline and named',
    bodies: {
      'openai-chat': userBlock.chat({
        type: 'file',
        file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
      }),
      'openai-responses': userBlock.responses({
        type: 'input_file',
        filename: 'a.pdf',
        file_data: `data:application/pdf;base64,${PDF}`,
      }),
      'anthropic-messages': userBlock.anthropic({
        type: 'document',
        title: 'a.pdf',
        source: { type: 'base64', media_type: 'application/pdf', data: PDF },
      }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'application/pdf', data: PDF, displayName: 'a.pdf' } }),
    },
  },
  {
    name: 'PDF, inline without a name',
    bodies: {
      'anthropic-messages': userBlock.anthropic({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: PDF },
      }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'application/pdf', data: PDF } }),
    },
  },
  {
    name: 'PDF, remote',
    bodies: {
      'openai-responses': userBlock.responses({ type: 'input_file', file_url: 'https://w.test/a.pdf' }),
      'anthropic-messages': userBlock.anthropic({
        type: 'document',
        source: { type: 'url', url: 'https://w.test/a.pdf' },
      }),
    },
  },
  {
    name: 'file, uploaded',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'file', file: { file_id: 'file-1' } }),
      'openai-responses': userBlock.responses({ type: 'input_file', file_id: 'file-1' }),
      'anthropic-messages': userBlock.anthropic({ type: 'document', source: { type: 'file', file_id: 'file_1' } }),
      gemini: userBlock.gemini({ fileData: { mimeType: 'application/pdf', fileUri: 'gs://bucket/a.pdf' } }),
    },
  },
  {
    name: 'text document',
    bodies: {
      'anthropic-messages': userBlock.anthropic({
        type: 'document',
        title: 'Notes',
        source: { type: 'text', media_type: 'text/plain', data: 'A long text' },
        citations: { enabled: true },
      }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'text/plain', data: 'QSBsb25nIHRleHQ=' } }),
    },
  },
  {
    name: 'search result given by the client',
    bodies: {
      'anthropic-messages': userBlock.anthropic({
        type: 'search_result',
        source: 'https://w.test/',
        title: 'W',
        content: [{ type: 'text', text: 'It rains' }],
      }),
    },
  },
  {
    name: 'audio',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }),
      'openai-responses': userBlock.responses({
        type: 'input_audio',
        input_audio: { data: 'UklGRg==', format: 'wav' },
      }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } }),
    },
  },
  {
    name: 'video',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'video_url', video_url: { url: 'data:video/mp4;base64,QUJD' } }),
      gemini: userBlock.gemini({ inlineData: { mimeType: 'video/mp4', data: 'QUJD' } }),
    },
  },
];

const ENCRYPTED = { id: 'rs_1', encrypted_content: 'gAAAA' };

/** Thoughts in the history: what a maker signed goes back to it alone. */
export const THOUGHT_FEATURES: readonly Feature[] = [
  {
    name: 'thoughts, unsigned',
    bodies: {
      'openai-chat': chatMessages(USER, { role: 'assistant', content: 'Yes', reasoning_content: 'Hm' }, MORE),
      'ollama-chat': ollamaMessages(USER, { role: 'assistant', content: 'Yes', thinking: 'Hm' }, MORE),
    },
  },
  {
    name: 'thoughts with the protocol’s own signature',
    bodies: {
      'openai-responses': responsesInput(
        ASKED,
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], ...ENCRYPTED },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes' }] },
      ),
      'anthropic-messages': anthropicMessages(
        USER,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'EqQB' },
            { type: 'text', text: 'Yes' },
          ],
        },
        MORE,
      ),
      gemini: geminiContents(
        HI,
        {
          role: 'model',
          parts: [
            { text: 'Hm', thought: true },
            { text: 'Yes', thoughtSignature: 'CtQB' },
          ],
        },
        { role: 'user', parts: [{ text: 'More' }] },
      ),
    },
  },
  {
    name: 'thoughts hidden by their maker',
    bodies: {
      'openai-responses': responsesInput(ASKED, { type: 'reasoning', summary: [], ...ENCRYPTED }),
      'anthropic-messages': anthropicMessages(
        USER,
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'EqQB' },
            { type: 'text', text: 'Yes' },
          ],
        },
        MORE,
      ),
    },
  },
  ...(['maker', 'other'] as const).map((issuer): Feature => {
    const gave = (origin: 'openai-responses' | 'anthropic-messages') =>
      sealed(origin, issuer, origin === 'openai-responses' ? ENCRYPTED : { signature: 'EqQB' });
    return {
      name: `thoughts signed by ${issuer === 'maker' ? 'the target' : 'another maker'}, sealed`,
      bodies: {
        'openai-responses': responsesInput(
          ASKED,
          {
            type: 'reasoning',
            id: 'rs_omr1',
            summary: [{ type: 'summary_text', text: 'Hm' }],
            encrypted_content: gave('anthropic-messages'),
          },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes' }] },
        ),
        'anthropic-messages': anthropicMessages(
          USER,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm', signature: gave('openai-responses') },
              { type: 'text', text: 'Yes' },
            ],
          },
          MORE,
        ),
        gemini: geminiContents(
          HI,
          {
            role: 'model',
            parts: [{ text: 'Hm', thought: true, thoughtSignature: gave('anthropic-messages') }, { text: 'Yes' }],
          },
          { role: 'user', parts: [{ text: 'More' }] },
        ),
      },
    };
  }),
];
