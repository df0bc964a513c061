/** How urgent what is left of a quota is, as the name of its colour. @param left 0 to 1 */
export function levelOf(left: number): 'accent' | 'warn' | 'bad' {
  if (left < 0.1) return 'bad';
  return left < 0.25 ? 'warn' : 'accent';
}
