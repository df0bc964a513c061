/** JSON to read and to write, with the editor loaded when the first one is shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

export interface JsonEditorProps {
  /** Its name for screen readers. */
  readonly label: string;
  readonly value: string;
  /** Absent: read only. */
  readonly onChange?: (value: string) => void;
  readonly heightPx?: number;
}

const View = lazy(async () => ({ default: (await import('./json-editor-view.tsx')).JsonEditorView }));

/** The text as it is, faults included: what it means is checked by whoever takes it. */
export function JsonEditor(props: JsonEditorProps) {
  return (
    <Suspense fallback={<Skeleton height={props.heightPx ?? 240} />}>
      <View {...props} />
    </Suspense>
  );
}

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
