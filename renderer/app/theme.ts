/** The look as data: slate surfaces, indigo accent, 13-px Inter, small radii, hairlines. Own variables are `--om-…`. */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const SLATE: MantineColorsTuple = [
  ...(['#f8fafc', '#f1f5f9', '#e2e8f0', '#cbd5e1', '#94a3b8'] as const),
  ...(['#64748b', '#475569', '#334155', '#1e293b', '#0f172a'] as const),
];
const INDIGO: MantineColorsTuple = [
  ...(['#eef2ff', '#e0e7ff', '#c7d2fe', '#a5b4fc', '#818cf8'] as const),
  ...(['#6366f1', '#4f46e5', '#4338ca', '#3730a3', '#312e81'] as const),
];
/** Mantine counts dark shades from text to background. */
const DARK: MantineColorsTuple = [
  ...(['#e2e8f0', '#cbd5e1', '#94a3b8', '#64748b', '#334155'] as const),
  ...(['#1e293b', '#131c2e', '#0b1120', '#080d19', '#020617'] as const),
];

const compact = { defaultProps: { size: 'xs' } };

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 4 },
  variantColorResolver: readable,
  colors: { indigo: INDIGO, gray: SLATE, dark: DARK },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.5', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '5px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  shadows: { xs: 'none', sm: 'none', md: '0 4px 16px rgb(2 6 23 / 0.12)', lg: '0 8px 24px rgb(2 6 23 / 0.16)' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '14px' }, h3: { fontSize: '13px' } },
  },
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Button: compact,
    Checkbox: compact,
    Input: compact,
    InputWrapper: compact,
    // The head of a dialog is no landmark of the page.
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, centered: true } },
    MultiSelect: compact,
    NumberInput: compact,
    PasswordInput: compact,
    SegmentedControl: compact,
    Select: compact,
    Switch: compact,
    TagsInput: compact,
    Textarea: compact,
    TextInput: compact,
    Tooltip: {
      defaultProps: { openDelay: 400, withArrow: false, fz: 12, events: { hover: true, focus: true, touch: true } },
    },
  },
});

/** The accent is dark in the light theme and light in the dark one: what stands on it turns with it. */
function readable(input: Parameters<VariantColorsResolver>[0]): ReturnType<VariantColorsResolver> {
  const colours = defaultVariantColorsResolver(input);
  const isAccent = input.variant === 'filled' && (input.color ?? 'indigo') === 'indigo';
  return isAccent ? { ...colours, color: 'var(--om-on-accent)' } : colours;
}

/** Contrast is ≥ 4.5 : 1 for text on `surface` and `page`, ≥ 3 : 1 for marks. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--om-page': '#f8fafc',
    '--om-surface': '#ffffff',
    '--om-line': '#e2e8f0',
    '--om-hover': '#f1f5f9',
    '--om-text': '#0f172a',
    '--om-quiet': '#475569',
    '--om-accent': '#4f46e5',
    '--om-on-accent': '#ffffff',
    '--om-good': '#15803d',
    '--om-warn': '#b45309',
    '--om-bad': '#b91c1c',
    '--om-off': '#64748b',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#0f172a',
    '--mantine-color-dimmed': '#475569',
    '--mantine-color-placeholder': '#64748b',
    '--mantine-color-error': '#b91c1c',
    '--mantine-color-anchor': '#4338ca',
    '--mantine-color-default-border': '#cbd5e1',
    '--mantine-color-disabled': '#e2e8f0',
    '--mantine-color-disabled-color': '#475569',
  },
  dark: {
    '--om-page': '#0b1120',
    '--om-surface': '#0f172a',
    '--om-line': '#1e293b',
    '--om-hover': '#1e293b',
    '--om-text': '#e2e8f0',
    '--om-quiet': '#94a3b8',
    '--om-accent': '#818cf8',
    '--om-on-accent': '#0f172a',
    '--om-good': '#4ade80',
    '--om-warn': '#fbbf24',
    '--om-bad': '#f87171',
    '--om-off': '#94a3b8',
    '--mantine-color-body': '#0f172a',
    '--mantine-color-text': '#e2e8f0',
    '--mantine-color-dimmed': '#94a3b8',
    '--mantine-color-placeholder': '#94a3b8',
    '--mantine-color-error': '#f87171',
    '--mantine-color-anchor': '#a5b4fc',
    '--mantine-color-default': '#131c2e',
    '--mantine-color-default-hover': '#1e293b',
    '--mantine-color-default-border': '#334155',
    '--mantine-color-disabled': '#1e293b',
    '--mantine-color-disabled-color': '#94a3b8',
  },
});
