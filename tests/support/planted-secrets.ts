/** Looks for secrets in anything that was written, sent or printed, in every form in which one could stand there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By name; text, or raw bytes such as a key's. */
export type Secrets = Readonly<Record<string, string | Buffer>>;
/** Where something was found to be, by a name for people. */
export type Places = ReadonlyMap<string, string | Buffer>;

/** So much of a secret's beginning or end is a leak already: cutting a text short must not hide one. */
const PIECE_LENGTH = 14;

/** `secret (form) in place` for every form of every secret that is found. */
export function findSecrets(secrets: Secrets, places: Places): string[] {
  const wanted = Object.entries(secrets).flatMap(([name, secret]) =>
    piecesOf(Buffer.from(secret)).flatMap((piece) => formsOf(piece).map(([form, bytes]) => ({ name, form, bytes }))),
  );
  return [...places].flatMap(([place, content]) => {
    const bytes = Buffer.from(content);
    return wanted.filter((form) => bytes.includes(form.bytes)).map(({ name, form }) => `${name} (${form}) in ${place}`);
  });
}

/** Every file below a folder, as places. */
export function filesIn(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .flatMap((path) => {
        const bytes = bytesOf(path);
        return bytes === undefined ? [] : [[path, bytes] as const];
      }),
  );
}

/** Undefined for a file that is gone by now. */
function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function piecesOf(secret: Buffer): Buffer[] {
  if (secret.length <= PIECE_LENGTH) return [secret];
  return [secret.subarray(0, PIECE_LENGTH), secret.subarray(-PIECE_LENGTH)];
}

function formsOf(piece: Buffer): (readonly [form: string, bytes: Buffer])[] {
  const text = piece.toString('utf8');
  const forms: (readonly [string, string])[] = [
    ['hex', piece.toString('hex')],
    ['HEX', piece.toString('hex').toUpperCase()],
    ['URL-encoded', encodeURIComponent(text)],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ...[0, 1, 2].flatMap((shift) => base64At(piece, shift)),
  ];
  return [
    ['as it is', piece],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ...forms.map(([form, written]) => [form, Buffer.from(written)] as const),
  ];
}

/** How the bytes look in base64 when `shift` bytes of something else stand before them. */
function base64At(piece: Buffer, shift: number): (readonly [string, string])[] {
  const whole = Buffer.concat([Buffer.alloc(shift), piece]);
  const start = shift === 0 ? 0 : shift + 1;
  const sure = whole
    .subarray(0, whole.length - (whole.length % 3))
    .toString('base64')
    .slice(start);
  const safe = sure.replaceAll('+', '-').replaceAll('/', '_');
  return safe === sure
    ? [['base64', sure]]
    : [
        ['base64', sure],
        ['base64url', safe],
      ];
}
