/** A sign-in begun with the management API, as the person does the rest of it. */
import { expect } from 'vitest';
import { asString, type JsonObject } from '../../core/base/json.ts';
import { type LoginCore, untilPortIsFree } from '../accounts/flows/login-core.ts';
import { openInBrowser } from './auth-servers/auth-server.ts';
import type { Person, Stage, Subscription } from './subscriptions.ts';

/** From the button to the account, as the person does it; the sign-in's end. */
export async function signInByApi(
  { provider, way, method, callbackPort }: Subscription,
  { login, stage, person }: { readonly login: LoginCore; readonly stage: Stage; readonly person: Person },
): Promise<JsonObject> {
  if (callbackPort !== undefined) await untilPortIsFree(callbackPort);
  const { status, body, text } = await login.call('POST', '/api/oauth/start', {
    ...{ provider, ...(method && { method: method.id }) },
  });
  expect(status, text).toBe(201);
  const sessionId = asString(body['sessionId']) ?? '';
  stage.arrive(person, asString(body['userCode']) ?? '');
  if (way !== 'code') {
    const pasted = await openInBrowser(asString(body['authUrl']) ?? '');
    // A sign-in that begins with a message waits for the address: its port is taken by another of these tests.
    if (way === 'paste' || body['message'] !== undefined)
      await login.call('POST', `/api/oauth/sessions/${sessionId}/complete`, { pasted });
    else await (await fetch(pasted)).text();
  }
  return await login.ended(sessionId);
}
