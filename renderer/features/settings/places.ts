/** Reading and changing one member of the settings. Pure. */
import type { Field, Settings, SettingsChange } from './fields.ts';

type Members = Readonly<Record<string, unknown>>;

/** The field's value; undefined where a member is missing. */
export function valueAt(settings: Settings, path: Field['path']): unknown {
  return path.reduce<unknown>((at, name) => (at as Members | undefined)?.[name], settings);
}

/** The change that writes it: the whole setting, with that one member different, or without it when undefined. */
export function changeAt(settings: Settings, path: Field['path'], value: unknown): SettingsChange {
  const [name, ...members] = path;
  return { [name]: withMember(settings[name as keyof Settings], members, value) };
}

function withMember(whole: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const { [name]: before, ...others } = (whole ?? {}) as Members;
  const member = withMember(before, rest, value);
  return member === undefined ? others : { ...others, [name]: member };
}
