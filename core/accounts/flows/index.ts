/** The flows of all providers that are signed in to. */
import { claudeFlow } from './claude.ts';
import { codexFlow } from './codex.ts';
import type { Flow } from './flow.ts';
import { geminiCliFlow } from './gemini-cli.ts';
import { githubFlow } from './github.ts';
import { iflowFlow } from './iflow.ts';
import { kiroFlow } from './kiro.ts';
import { qwenFlow } from './qwen.ts';

export const FLOWS: readonly Flow[] = [claudeFlow, codexFlow, geminiCliFlow, githubFlow, iflowFlow, kiroFlow, qwenFlow];

/** By the provider row's id. */
export function flowOf(providerId: string): Flow | undefined {
  return FLOWS.find(({ provider }) => provider === providerId);
}
