import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { asObject, type JsonObject, parseJson } from '../../core/base/json.ts';
import { temporaryFolder } from '../store/temporary-store.ts';
import { type SecretService, secretServiceObstacle, startSecretService } from '../support/secret-service.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, '..', 'vault', 'start-once.ts');

async function service(context: TestContext): Promise<SecretService> {
  const obstacle = secretServiceObstacle();
  if (obstacle !== undefined) context.skip(`No Secret Service: ${obstacle}.`);
  const started = await startSecretService();
  onTestFinished(() => started.stop());
  return started;
}

/** One start of the program in a data directory. */
async function start(dataDirectory: string, env: SecretService['env'], ...flags: string[]): Promise<JsonObject> {
  const { stdout } = await run(process.execPath, [program, ...flags], { env: { ...env, DATA_DIR: dataDirectory } });
  return asObject(parseJson(stdout)) ?? {};
}

const inKeychain = { keptIn: 'the system keychain', opened: 'sk-kept' };

describe('the system keychain, a real Secret Service', () => {
  it('keeps the key from the first start to the second, also across a restart of the keyring', async (context) => {
    const { env, startKeyring, stopKeyring } = await service(context);
    const data = temporaryFolder();
    await startKeyring('unlocked');
    expect(await start(data, env, '--seal')).toEqual(inKeychain);
    expect(await start(data, env)).toEqual(inKeychain);
    await stopKeyring();
    await startKeyring('unlocked');
    expect(await start(data, env)).toEqual(inKeychain);
    expect(readdirSync(data)).toEqual(['storage.sqlite']);
    expect(readFileSync(join(data, 'storage.sqlite')).includes('sk-kept')).toBe(false);
  });

  it('stops when it was wiped while secrets are sealed, and takes part again when nothing is', async (context) => {
    const { env, startKeyring, stopKeyring, wipe } = await service(context);
    const data = temporaryFolder();
    await startKeyring('unlocked');
    await start(data, env, '--seal');
    await stopKeyring();
    wipe();
    await startKeyring('unlocked');
    expect(await start(data, env)).toEqual({
      refused: expect.stringContaining('kept in the system keychain, is missing. Restore its entry'),
    });
    expect(existsSync(join(data, 'master.key'))).toBe(false);
    expect(await start(temporaryFolder(), env)).toEqual({ keptIn: 'the system keychain' });
  });

  it('stops when it is locked, or not there, while secrets are sealed', async (context) => {
    const { env, startKeyring, stopKeyring } = await service(context);
    const data = temporaryFolder();
    await startKeyring('unlocked');
    await start(data, env, '--seal');
    await stopKeyring();
    expect(await start(data, env)).toEqual({ refused: expect.stringContaining('keychain is not running') });
    await startKeyring('locked');
    expect(await start(data, env)).toEqual({ refused: expect.stringContaining('The system keychain is locked.') });
    expect(await start(temporaryFolder(), env)).toEqual({ keptIn: expect.stringContaining('the key file') });
    expect(existsSync(join(data, 'master.key'))).toBe(false);
  });

  it('gives way to the key file where there is no service at all and nothing is sealed', async (context) => {
    if (process.platform !== 'linux') context.skip('elsewhere there is always a keychain');
    const data = join(temporaryFolder(), 'data');
    mkdirSync(data, { mode: 0o700 });
    const env = { PATH: process.env['PATH'] ?? '', HOME: data, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await start(data, env, '--seal')).toEqual({
      keptIn: `the key file ${join(data, 'master.key')}`,
      opened: 'sk-kept',
    });
    expect(await start(data, env)).toMatchObject({ opened: 'sk-kept' });
  });
});
