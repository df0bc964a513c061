/** A request of this page's own to the gateway it came from, as any client would send it. */
export async function sendFirstRequest(model: string): Promise<void> {
  const answer = await fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Say hi.' }] }),
  });
  // What came of it is told by the live events; the body is read so that the request ends.
  await answer.text();
}
