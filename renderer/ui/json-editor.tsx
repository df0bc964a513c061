/** JSON to read and to write, with the editor loaded when the first one is shown. */
import { Skeleton } from '@mantine/core';
import { onDemand } from './on-demand.tsx';

export interface JsonEditorProps {
  /** Its name for screen readers. */
  readonly label: string;
  readonly value: string;
  /** Absent: read only. */
  readonly onChange?: (value: string) => void;
  readonly heightPx?: number;
}

/** The text as it is, faults included: what it means is checked by whoever takes it. */
export const JsonEditor = onDemand<JsonEditorProps>(
  async () => (await import('./json-editor-view.tsx')).JsonEditorView,
  ({ heightPx = 240 }) => <Skeleton height={heightPx} />,
);

/** A value, indented, to read and copy. */
export function JsonView({
  value,
  ...rest
}: {
  readonly label: string;
  readonly value: unknown;
  readonly heightPx?: number;
}) {
  return <JsonEditor {...rest} value={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} />;
}
