import { expect, it } from 'vitest';
import { clientName } from '../../core/gateway/client-name.ts';

it.each([
  ['claude-cli/2.1.3 (external, cli)', 'claude-cli'],
  ['OpenAI/Python 2.8.1', 'OpenAI/Python'],
  ['Anthropic/JS 0.68.0', 'Anthropic/JS'],
  ['codex_cli_rs/0.162.1 (Ubuntu 24.4.0; x86_64) xterm', 'codex_cli_rs'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'browser'],
  ['node', 'node'],
  [`x${'y'.repeat(80)}`, `x${'y'.repeat(39)}`],
  ['', undefined],
  ['<script>', undefined],
  [undefined, undefined],
])('the client of %j is %j', (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name);
});
