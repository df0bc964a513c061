import { Component, type ReactNode } from 'react';
import { Translation } from 'react-i18next';
import { ErrorState } from '../ui/states.tsx';

interface State {
  readonly error?: unknown;
}

/** A page that fails shows why, in its own place; the rest of the dashboard stays usable. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <ErrorState title={t('error.page')} error={error} onRetry={() => this.setState({ error: undefined })} />
        )}
      </Translation>
    );
  }
}
