/** What can be read must be readable, in both themes; axe leaves out what is switched off. */
import { describe, expect, it } from 'vitest';
import { cssVariables, theme } from '../../renderer/app/theme.ts';

const TEXT = 4.5;
const MARK = 3;
/** Words or marks, what they stand on, and the least contrast (WCAG 2.2, 1.4.3 and 1.4.11). */
const PAIRS = [
  ...['--om-surface', '--om-page', '--om-hover'].flatMap((ground) => [
    ['--om-text', ground, TEXT] as const,
    ['--om-quiet', ground, TEXT] as const,
  ]),
  ...['--om-good', '--om-warn', '--om-bad', '--om-accent'].map((text) => [text, '--om-surface', TEXT] as const),
  ['--om-off', '--om-surface', MARK],
  ['--om-on-accent', '--om-accent', TEXT],
  ['--mantine-color-disabled-color', '--mantine-color-disabled', TEXT],
  ['--mantine-color-placeholder', '--mantine-color-body', TEXT],
  ['--mantine-color-anchor', '--mantine-color-body', TEXT],
  ['--mantine-color-error', '--mantine-color-body', TEXT],
] as const;

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s theme', (scheme) => {
  // The resolver asks nothing of the library's own theme.
  const colours: Readonly<Record<string, string>> = cssVariables(theme as Parameters<typeof cssVariables>[0])[scheme];
  it.each(PAIRS)('shows %s on %s', (text, ground, least) => {
    expect(contrast(colours[text] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(least);
  });
});

it('counts contrast as the standard does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1);
});
