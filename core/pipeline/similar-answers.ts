/**
 * The answer to a question that means the same (off by default). Everything but the text of the last message must be
 * equal to the byte: system prompt, tools, earlier turns, options, route and API key, for they make up the group. The
 * text is compared by what must be exact (`policy/comparable-text.ts`), then by its embedding. Only answers in words are
 * given this way, never a tool call.
 */
import type { ChatEvent } from '../model/event.ts';
import type { ChatRequest } from '../model/request.ts';
import { literalsOf } from '../policy/comparable-text.ts';
import type { Settings } from '../policy/settings.ts';
import type { Question, SimilarQuestions } from '../policy/similar-questions.ts';
import type { EmbedText } from './embed-text.ts';
import type { Exchange } from './exchange.ts';

export interface SimilarPorts {
  readonly questions: SimilarQuestions;
  readonly embed: EmbedText;
  rules(): Settings['answerCache']['similar'];
}

/** Names the group of a request: a digest of it with its question left out. */
export type GroupOf = (masked: Partial<ChatRequest>, model: string) => string;

/** One request's search. */
export interface SimilarSearch {
  /** The key of an answer that will do. Asks for an embedding only where there is something to compare with. */
  find(): Promise<string | undefined>;
  /** Notes that the request's own answer is kept under `answerKey`; in the background. */
  remember(answerKey: string, events: readonly ChatEvent[]): void;
}

/** Undefined where nothing may be compared. `asked` is what the exact key is made of. */
export function similarSearch(
  exchange: Exchange,
  asked: Partial<ChatRequest>,
  groupOf: GroupOf,
  { questions, embed, rules }: SimilarPorts,
): SimilarSearch | undefined {
  const { enabled, model } = rules();
  // Questions are compared on disk, where nothing of a caller is kept who forbids it.
  if (!enabled || model === '' || exchange.caller.noLog === true) return undefined;
  const { text, masked } = withoutQuestion(asked) ?? {};
  const literals = text === undefined ? undefined : literalsOf(text);
  if (text === undefined || masked === undefined || literals === undefined) return undefined;
  const question: Question = { group: groupOf(masked, model), literals };
  let vector: Promise<Float32Array | undefined> | undefined;
  const embedded = (): Promise<Float32Array | undefined> => {
    vector ??= embed(text, model, exchange);
    return vector;
  };
  return {
    async find() {
      if (!questions.hasCandidates(question)) return undefined;
      const found = await embedded();
      return found && questions.nearest(question, found);
    },
    remember(answerKey, events) {
      if (
        events.some(
          (event) => event.type === 'part-start' && event.part.type !== 'text' && event.part.type !== 'reasoning',
        )
      )
        return;
      void embedded().then((found) => found && questions.put(question, found, answerKey));
    },
  };
}

/** The user's last word, and the request without it. Undefined when it is not one text alone. */
function withoutQuestion(asked: Partial<ChatRequest>): { text: string; masked: Partial<ChatRequest> } | undefined {
  const messages = asked.messages ?? [];
  const last = messages.at(-1);
  const [part, ...others] = last?.parts ?? [];
  if (last?.role !== 'user' || part?.type !== 'text' || others.length > 0) return undefined;
  const masked = { ...last, parts: [{ ...part, text: '' }] };
  return { text: part.text, masked: { ...asked, messages: [...messages.slice(0, -1), masked] } };
}
