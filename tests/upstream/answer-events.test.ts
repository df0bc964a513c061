import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/base/secret.ts';
import { readWhole } from '../../core/upstream/answer-events.ts';
import type { UpstreamAnswer } from '../../core/upstream/call.ts';

const answerOf = (text: string): UpstreamAnswer => ({
  status: 200,
  headers: {},
  body: (async function* () {
    yield Buffer.from(text);
  })(),
  abort: () => undefined,
});

describe('a whole answer that is not JSON', () => {
  it('is told with its beginning, without tags and without the key', async () => {
    const page = '<html><script>x()</script><b>Bad gateway</b> for sk-very-secret</html>';
    const failure = readWhole(answerOf(page), new Secret('sk-very-secret'));
    await expect(failure).rejects.toThrow("The provider's answer is not JSON: Bad gateway for [key]");
    await expect(readWhole(answerOf(' \n'))).rejects.toThrow("The provider's answer is empty.");
  });

  it('is shortened in little time, whatever it holds', async () => {
    const startedMs = performance.now();
    await expect(readWhole(answerOf('<'.repeat(400_000)))).rejects.toThrow('not JSON');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
