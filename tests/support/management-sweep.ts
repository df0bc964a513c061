/** Every call of management that only reads, from its own OpenAPI document: a new one is found by itself. */
import { asObject, type JsonObject } from '../../core/base/json.ts';

/** Ids by the part of the path before them: `providers` for `/providers/{id}/models`. */
export type Ids = Readonly<Record<string, readonly string[]>>;

/** Starts a sign-in for whoever calls, and gives out what that needs; or never ends. */
const NO_LIST = /^\/oauth\/\{p\}\/|^\/live$/;

/** Paths with `/api`, ids filled in; one whose ids are not given is left out. */
export function everyRead(openApi: JsonObject, ids: Ids): string[] {
  return Object.entries(asObject(openApi['paths']) ?? {})
    .filter(([path, methods]) => asObject(methods)?.['get'] !== undefined && !NO_LIST.test(path))
    .flatMap(([path]) => filled(path, ids))
    .map((path) => `/api${path}`);
}

function filled(path: string, ids: Ids): readonly string[] {
  const parameter = /^(.*\/([\w-]+))\/\{\w+\}(.*)$/.exec(path);
  if (parameter === null) return [path];
  const [, before = '', kind = '', after = ''] = parameter;
  return (ids[kind] ?? []).map((id) => `${before}/${encodeURIComponent(id)}${after}`);
}
