/**
 * A person's first five minutes, told once for the browser and for the desktop app: from the empty home page to the first
 * live request of a real client, with the settings that the page itself shows. Clicks are counted as a person makes them.
 */
import Anthropic from '@anthropic-ai/sdk';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chatAnswer, sendJson, startUpstream, type Upstream } from './upstream.ts';

/** A server of the person's own, with one model and one good key. */
export function startOwnServer(): Promise<Upstream> {
  return startUpstream(({ path, headers }, response) => {
    if (headers.authorization !== 'Bearer sk-good') {
      sendJson(response, { error: { message: 'Incorrect API key provided.', type: 'invalid_request_error' } }, 401);
    } else if (path.endsWith('/models')) {
      sendJson(response, { object: 'list', data: [{ id: 'tiny-model', object: 'model', created: 1, owned_by: 'me' }] });
    } else sendJson(response, chatAnswer('Hello.'));
  });
}

/** The model's name once the server is connected. */
export const OWN_MODEL = 'my-server/tiny-model';

/**
 * From Home to the sentence that says it works; how many clicks it took. The client is Anthropic's official SDK, set up
 * with nothing but what the page shows for Claude Code. `origin`: what those settings must name.
 */
export async function takeFirstSteps(
  page: Page,
  { server, origin }: { server: Upstream; origin: string },
): Promise<number> {
  let clicks = 0;
  const click = async (target: ReturnType<Page['getByText']>): Promise<void> => {
    clicks += 1;
    await target.first().click();
  };
  await click(page.getByRole('link', { name: 'Take the first steps' }));
  await click(page.getByText('Own server', { exact: true }));
  await page.getByLabel('Name').fill('My server');
  await page.getByLabel('Base URL').fill(`${server.url}/v1`);
  await page.getByLabel('API key, if it needs one').fill('sk-good');
  await click(page.getByRole('button', { name: 'Connect' }));
  await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).toBe(OWN_MODEL);
  await click(page.getByRole('button', { name: /Copy the settings for Claude Code/ }));
  const settings = await page.locator('pre', { hasText: 'ANTHROPIC_BASE_URL' }).first().innerText();
  const [, baseURL = '', authToken = '', model = ''] =
    /BASE_URL=(\S+)[\s\S]*AUTH_TOKEN=(\S+)[\s\S]*MODEL=(\S+)/.exec(settings) ?? [];
  expect(baseURL).toBe(origin);
  const client = new Anthropic({ baseURL, authToken, apiKey: null, maxRetries: 0 });
  const answer = await client.messages.create({
    ...{ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] },
  });
  expect(answer.content).toMatchObject([{ type: 'text', text: 'Hello.' }]);
  await page.getByText(/my-server\/tiny-model and was answered in .* You are set up\./).waitFor();
  return clicks;
}
