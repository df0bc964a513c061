/**
 * A call's arguments that come in pieces (`streamFunctionCallArguments`): each piece names a place by JSONPath and a
 * value, and text may go on in the next piece
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc).
 */
import { asObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';

type Key = string | number;
type Container = Map<string, Node> | Node[];
type Node = Container | string | number | boolean | null;

/** Places an array may grow by: a path far beyond the end is nonsense, and would cost memory. */
const INDEX_LIMIT = 10_000;

export class PartialArguments {
  readonly #root = new Map<string, Node>();
  #openPath: string | undefined;

  /** Takes a chunk's `args` (whole) and `partialArgs` (pieces). */
  add(call: JsonObject): void {
    for (const [key, value] of Object.entries(asObject(call['args']) ?? {})) this.#root.set(key, fromJson(value));
    for (const piece of objectsOf(call['partialArgs'])) this.#addPiece(piece);
  }

  /** The arguments so far, as JSON text. */
  text(): string {
    return JSON.stringify(toJson(this.#root));
  }

  #addPiece(piece: JsonObject): void {
    const path = piece['jsonPath'];
    if (typeof path !== 'string') return;
    const keys = readPath(path);
    const value = pieceValue(piece);
    if (keys.length > 0 && value !== undefined) this.#set(keys, value, this.#openPath === path);
    this.#openPath = piece['willContinue'] === true ? path : undefined;
  }

  #set(keys: readonly Key[], value: string | number | boolean | null, goesOn: boolean): void {
    let container: Container = this.#root;
    for (const [depth, key] of keys.entries()) {
      const next = keys[depth + 1];
      const old = read(container, key);
      if (next === undefined) {
        write(container, key, goesOn && typeof old === 'string' && typeof value === 'string' ? old + value : value);
        return;
      }
      const fits = old instanceof Map ? typeof next === 'string' : Array.isArray(old) && typeof next === 'number';
      if (fits && (old instanceof Map || Array.isArray(old))) container = old;
      else {
        const made: Container = typeof next === 'number' ? [] : new Map<string, Node>();
        if (!write(container, key, made)) return;
        container = made;
      }
    }
  }
}

function pieceValue(piece: JsonObject): string | number | boolean | null | undefined {
  for (const key of ['stringValue', 'numberValue', 'boolValue']) {
    const value = piece[key];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  }
  return piece['nullValue'] === undefined ? undefined : null;
}

/** `$.a[0]['b c']` as its keys. */
function readPath(path: string): Key[] {
  const keys: Key[] = [];
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g;
  for (const [, name, index, single, double] of path.matchAll(step)) {
    if (index !== undefined) keys.push(Number(index));
    else keys.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
  }
  return keys;
}

function read(container: Container, key: Key): Node | undefined {
  if (container instanceof Map) return container.get(String(key));
  return typeof key === 'number' ? container[key] : undefined;
}

function write(container: Container, key: Key, value: Node): boolean {
  if (container instanceof Map) container.set(String(key), value);
  else if (typeof key !== 'number' || key > INDEX_LIMIT) return false;
  else {
    while (container.length < key) container.push(null);
    container[key] = value;
  }
  return true;
}

function fromJson(value: JsonValue): Node {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, fromJson(member)]));
}

function toJson(node: Node): JsonValue {
  if (Array.isArray(node)) return node.map(toJson);
  if (!(node instanceof Map)) return node;
  return Object.fromEntries([...node].map(([key, member]) => [key, toJson(member)]));
}
