/**
 * Components whose code comes when it is needed. Not React's `lazy`: whatever suspends once shows its fallback for at least
 * 300 ms (React throttles how fast fallbacks are replaced), and a page on localhost has its code and data in a tenth of that.
 */
import { type ComponentType, type ReactNode, useEffect, useState } from 'react';

export interface OnDemand<Props extends object> {
  (props: Props): ReactNode;
  /** Fetches the code ahead of its use. */
  readonly preload: () => Promise<void>;
}

/** @param fallback what stands there meanwhile. A failure to load is thrown to the page's boundary, and tried again on retry. */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  fallback: (props: Props) => ReactNode,
): OnDemand<Props> {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const preload = (): Promise<void> => {
    loading ??= load().then(
      (component) => {
        Loaded = component;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  function Demanded(props: Props) {
    const [state, setState] = useState<{ readonly error?: unknown }>({});
    useEffect(() => {
      if (Loaded !== undefined) return;
      preload().then(
        () => setState({}),
        (error: unknown) => setState({ error }),
      );
    }, []);
    if (state.error !== undefined) throw state.error;
    return Loaded === undefined ? fallback(props) : <Loaded {...props} />;
  }
  return Object.assign(Demanded, { preload });
}
