/**
 * The whole server beside a real Secret Service that is locked, missing or refusing: it starts, says which of them it is
 * and what to do, serves what needs no secret, and takes everything up again once the keychain is back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { asObject } from '../../core/base/json.ts';
import { addNode } from '../support/gateway-calls.ts';
import { type GatewayProcess, PASSWORD, startGateway } from '../support/gateway-process.ts';
import { type SecretService, secretServiceObstacle, startSecretService } from '../support/secret-service.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const obstacle = secretServiceObstacle();
const HELLO = { model: 'mine/m', messages: [{ role: 'user', content: 'Hi' }] };
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

let service: SecretService;
let upstream: Upstream;
const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-keychain-'));

const start = async (env: SecretService['env']): Promise<GatewayProcess> => {
  const gateway = await startGateway({
    dataDir,
    env: { ...env, OMNIROUTE_MASTER_KEY: '', INITIAL_PASSWORD: PASSWORD },
  });
  onTestFinished(async () => void (await gateway.stop()));
  return gateway;
};
const chat = (gateway: GatewayProcess): Promise<Response> =>
  fetch(`${gateway.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(HELLO),
  });

describe.runIf(obstacle === undefined)(
  `a server whose secrets are sealed by the keychain (${obstacle ?? 'a real Secret Service'})`,
  () => {
    beforeAll(async () => {
      service = await startSecretService();
      upstream = await startUpstream((_received, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(COMPLETION));
      });
      await service.startKeyring('unlocked');
      const gateway = await startGateway({
        dataDir,
        env: { ...service.env, OMNIROUTE_MASTER_KEY: '', INITIAL_PASSWORD: PASSWORD },
      });
      await addNode(await gateway.login(), { prefix: 'mine', baseUrl: `${upstream.url}/v1` });
      expect((await chat(gateway)).status).toBe(200);
      await gateway.stop();
      await service.stopKeyring();
    });
    afterAll(async () => {
      await service?.stop();
      await upstream?.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    it.each(['locked', 'missing', 'refused'] as const)('starts while it is %s, and says so', async (state) => {
      const other = state === 'refused' ? await startSecretService({ isRefused: true }) : undefined;
      if (other !== undefined) onTestFinished(() => other.stop());
      const { env, startKeyring, stopKeyring } = other ?? service;
      if (state !== 'missing') await startKeyring('locked');
      onTestFinished(stopKeyring);
      const gateway = await start(env);
      const management = await gateway.login();
      const seen = await management.get('/api/vault');
      console.log(`keychain ${state}: ${String(seen['message'])}`);
      expect(seen['state']).toBe(state);
      expect(gateway.stderr()).toContain(String(seen['message']).slice(0, 40));
      const refused = await chat(gateway);
      expect(refused.status).toBe(503);
      expect(asObject((await refused.json()) as never)?.['error']).toMatchObject({ message: seen['message'] });
      await expect(
        management.post('/api/providers', { provider: 'deepseek', apiKey: 'sk-new', name: 'main' }),
      ).rejects.toThrow(/503/);
      expect(upstream.received).toHaveLength(1);
    });

    it('takes its accounts up again when the keychain is unlocked while it runs', async () => {
      const gateway = await start(service.env);
      const management = await gateway.login();
      expect((await management.get('/api/vault'))['state']).toBe('missing');
      await service.startKeyring('unlocked');
      onTestFinished(service.stopKeyring);
      expect(await management.post('/api/vault/unlock', {})).toEqual({ state: 'open', keptIn: 'the system keychain' });
      expect((await chat(gateway)).status).toBe(200);
    });
  },
);
