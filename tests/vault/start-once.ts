/**
 * A process for the tests of the keychain: opens store and vault in a folder as a start of OmniRoute does, seals one
 * secret with `--seal`, and prints one line of JSON: `{ keptIn, opened? }` or `{ refused }`. A process of its own,
 * because the D-Bus library keeps the first bus it met for as long as it lives.
 */
import { systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import { Secret } from '../../core/base/secret.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { openVault } from '../../core/vault/open-vault.ts';
import { systemKeychain } from '../../main/ports/keychain.ts';
import { dataPaths, ensureDataDirectory } from '../../main/ports/paths.ts';
import { connection } from '../store/records.ts';

const place = 'provider_connections/c1/api_key';
const paths = dataPaths();
ensureDataDirectory(paths.dataDirectory);
const store = openStore({ path: paths.databaseFile, log: silentLog, clock: systemClock });

async function start(): Promise<object> {
  const vault = await openVault({
    keychain: systemKeychain(5_000),
    env: {},
    keyFilePath: paths.keyFile,
    keyValues: store.keyValues,
    hasSealedRows: () => store.dependsOnVaultKey(),
    log: silentLog,
  });
  if (process.argv.includes('--seal'))
    store.connections.insert({ ...connection, sealedApiKey: vault.seal(new Secret('sk-kept'), place) });
  const sealed = store.connections.get('c1')?.sealedApiKey;
  return { keptIn: vault.keptIn, ...(sealed !== undefined && { opened: vault.open(sealed, place).reveal() }) };
}

const outcome = await start().catch((error: unknown) => ({
  refused: error instanceof Error ? error.message : 'unknown',
}));
await store.close();
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
