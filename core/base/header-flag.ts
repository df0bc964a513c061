/** Is a header that switches something on set? People write `true`, `True`, `1` and `yes`. */
export function isSwitchedOn(header: string | readonly string[] | undefined): boolean {
  return typeof header === 'string' && /^\s*(?:true|1|yes|on)\s*$/i.test(header);
}
