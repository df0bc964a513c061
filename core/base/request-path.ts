/** The path of a request's URL, which comes from outside and may be thousands of characters long. */

/** The path without its query: `/v1/models` of `/v1/models?limit=5`. */
export function pathOf({ url }: { readonly url?: string | undefined }): string {
  return (url ?? '/').split('?', 1)[0] ?? '/';
}

/** The path without slashes at its end; `/` stays. A walk, since `/\/+$/` takes time with the square of a run of slashes. */
export function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path.endsWith('/', end)) end -= 1;
  return path.slice(0, end);
}
