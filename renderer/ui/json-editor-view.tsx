import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import type { JsonEditorProps } from './json-editor.tsx';

const LOOK = EditorView.theme({
  '&': { fontSize: '12px', border: '1px solid var(--om-line)', borderRadius: '5px', backgroundColor: 'var(--om-page)' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)' },
  '.cm-content': { caretColor: 'var(--om-text)' },
  '.cm-gutters': { backgroundColor: 'var(--om-page)', color: 'var(--om-quiet)', border: 'none' },
  // CodeMirror's own colours of values are made for white.
  '[data-mantine-color-scheme="dark"] & .cm-line span': { color: 'var(--mantine-color-anchor)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--om-hover)' },
});

/** CodeMirror within React: its text follows `value`, its changes are told. */
export function JsonEditorView({ label, value, onChange, heightPx = 240 }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const tell = useRef(onChange);
  const isReadOnly = onChange === undefined;
  useEffect(() => {
    tell.current = onChange;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first text is given; later ones come through the effect below
  useEffect(() => {
    if (place.current === null) return;
    const view = new EditorView({
      parent: place.current,
      doc: value,
      extensions: [
        ...[basicSetup, json(), LOOK, EditorView.lineWrapping, EditorState.readOnly.of(isReadOnly)],
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) tell.current?.(state.doc.toString());
        }),
      ],
    });
    editor.current = view;
    return () => view.destroy();
  }, [isReadOnly, label]);
  useEffect(() => {
    const view = editor.current;
    if (view === undefined || view.state.doc.toString() === value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={place} style={{ maxBlockSize: heightPx, overflow: 'auto' }} />;
}
