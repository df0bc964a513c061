import { expect, it } from 'vitest';
import { Cancellation } from '../../core/base/cancellation.ts';
import { SharedAnswer } from '../../core/pipeline/idempotency-stage.ts';

async function* stream(): AsyncGenerator<string> {
  yield 'one';
  await new Promise(() => undefined);
}

it('a stream that all its clients left before its end is joined by nobody: it would look like a whole answer', () => {
  const shared = new SharedAnswer();
  const client = new Cancellation();
  shared.join(client);
  shared.succeed({ status: 200, headers: {}, body: stream() });
  expect(shared.isOpen).toBe(true);
  client.cancel();
  expect([shared.isOpen, shared.cancellation.isCancelled]).toEqual([false, true]);
});
