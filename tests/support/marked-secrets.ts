/**
 * Every secret that the tests' servers give out holds one mark, and so do the passwords that tests set. Whatever a gateway
 * of any test prints, answers to management or leaves in its files is searched for it: the whole suite is one scan.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findSecrets, type Places } from './planted-secrets.ts';

/** Letters only, so that it stands in every token, header, URL and JSON text as it is. */
export const MARK = 'TheTestsSecret';
/** What `startGateway` and `startCore` sign in with. */
export const PASSWORD = `a password of ${MARK}`;
/** The key of upstreams whose test does not care. */
export const UPSTREAM_KEY = `sk-upstream-${MARK}`;

/** Larger ones are databases that are seeded for measurements: no secret ever goes in. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;
/** What a gateway writes into its data directory; beside these stand files of the vendors' tools. */
const OWN = /^(?:storage\.sqlite(?:-wal|-shm)?|master\.key|refreshes|logs|db_backups)$/;

/** A secret like no other: the prefix, the mark, and random characters that a URL keeps as they are. */
export function markedSecret(prefix: string, randomLength = 12): string {
  return `${prefix}${MARK}${randomBytes(randomLength).toString('base64url')}`;
}

/** Throws an Error that names each place where a marked secret stands, in whatever form. */
export function mustHoldNoSecret(places: Places): void {
  const found = findSecrets({ 'a secret': MARK }, places);
  if (found.length > 0) throw new Error(`Secrets came out:\n${found.join('\n')}`);
}

/** What the gateway itself keeps in its data directory, as places. */
export function gatewayFiles(dataDirectory: string): Map<string, string | Buffer> {
  if (!existsSync(dataDirectory)) return new Map();
  return new Map(
    readdirSync(dataDirectory)
      .filter((name) => OWN.test(name))
      .flatMap((name) => filesAt(join(dataDirectory, name)))
      .map((path) => [path, readFileSync(path)]),
  );
}

function filesAt(path: string): string[] {
  const stats = statSync(path);
  if (stats.isDirectory()) return readdirSync(path).flatMap((name) => filesAt(join(path, name)));
  return stats.size > FILE_LIMIT_BYTES ? [] : [path];
}
