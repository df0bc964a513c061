/** Which method a person chose, and what they entered for it, checked before anything is sent. */
import { OmniError } from '../../base/errors.ts';
import type { Flow, LoginMethod, LoginOptions, MethodOption } from '../flows/flow.ts';

/** Of every flow whose client has a secret. */
const CLIENT_OPTIONS: readonly MethodOption[] = [
  { name: 'clientId', label: 'Client id', isRequired: false, pattern: /^[\x21-\x7e]{1,300}$/ },
  { name: 'clientSecret', label: 'Client secret', isRequired: false, pattern: /^[\x21-\x7e]{1,300}$/ },
];

export function optionsOf(method: LoginMethod, flow: Flow): readonly MethodOption[] {
  return [...(method.options ?? []), ...(flow.secret === undefined ? [] : CLIENT_OPTIONS)];
}

/** The first when none is named. Throws `invalid_request` for one that the flow does not have. */
export function methodOf(flow: Flow, id: string | undefined): LoginMethod {
  const found = id === undefined ? flow.methods[0] : flow.methods.find((method) => method.id === id);
  if (found !== undefined) return found;
  const known = flow.methods.map((method) => method.id).join(', ');
  throw new OmniError('invalid_request', `There is no sign-in method "${id}" here. Use one of: ${known}.`, {
    path: 'method',
  });
}

/** With defaults filled in. Throws `invalid_request` naming the option that is missing, unknown or of a wrong form. */
export function checkedOptions(method: LoginMethod, flow: Flow, given: Readonly<Record<string, string>>): LoginOptions {
  const known = optionsOf(method, flow);
  const unknown = Object.keys(given).find((name) => !known.some((option) => option.name === name));
  if (unknown !== undefined)
    throw new OmniError('invalid_request', `"${unknown}" is no option of this sign-in.`, { path: unknown });
  const chosen: Record<string, string> = {};
  for (const option of known) {
    const value = given[option.name]?.trim() || option.default;
    if (value === undefined && option.isRequired)
      throw new OmniError('invalid_request', `${option.label} is missing.`, { path: option.name });
    if (value === undefined) continue;
    if (!option.pattern.test(value))
      throw new OmniError('invalid_request', `${option.label}: this has not the right form.`, { path: option.name });
    chosen[option.name] = value;
  }
  return chosen;
}
