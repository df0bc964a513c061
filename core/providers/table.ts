/** Every provider, in the order in which people see them. Adding one is its file in `rows/` and two lines here. */
import type { Provider } from './provider.ts';
import { anthropic } from './rows/anthropic.ts';
import { cerebras } from './rows/cerebras.ts';
import { claude } from './rows/claude.ts';
import { codex } from './rows/codex.ts';
import { cohere } from './rows/cohere.ts';
import { deepseek } from './rows/deepseek.ts';
import { fireworks } from './rows/fireworks.ts';
import { gemini } from './rows/gemini.ts';
import { geminiCli } from './rows/gemini-cli.ts';
import { github } from './rows/github.ts';
import { glm } from './rows/glm.ts';
import { groq } from './rows/groq.ts';
import { iflow } from './rows/iflow.ts';
import { kimi } from './rows/kimi.ts';
import { kiro } from './rows/kiro.ts';
import { lmstudio } from './rows/lmstudio.ts';
import { minimax } from './rows/minimax.ts';
import { mistral } from './rows/mistral.ts';
import { nvidia } from './rows/nvidia.ts';
import { ollama } from './rows/ollama.ts';
import { openai } from './rows/openai.ts';
import { openrouter } from './rows/openrouter.ts';
import { perplexity } from './rows/perplexity.ts';
import { qwen } from './rows/qwen.ts';
import { together } from './rows/together.ts';
import { vllm } from './rows/vllm.ts';
import { xai } from './rows/xai.ts';

export const PROVIDERS: readonly Provider[] = [
  claude,
  codex,
  geminiCli,
  github,
  openai,
  anthropic,
  gemini,
  openrouter,
  deepseek,
  groq,
  xai,
  mistral,
  perplexity,
  together,
  fireworks,
  cerebras,
  cohere,
  nvidia,
  glm,
  minimax,
  kimi,
  iflow,
  qwen,
  kiro,
  ollama,
  lmstudio,
  vllm,
];

const byPrefix = new Map<string, Provider>(
  PROVIDERS.flatMap((row) => [[row.id, row] as const, [row.alias, row] as const]),
);

/** The row with this id or alias; undefined when there is none. */
export function findProvider(prefix: string): Provider | undefined {
  return byPrefix.get(prefix);
}
