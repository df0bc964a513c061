import { Route, Switch } from 'wouter';
import { ProviderDetailPage } from './provider-detail.tsx';
import { ProviderList } from './provider-list.tsx';

/** All providers, or one of them. */
export function ProvidersPage() {
  return (
    <Switch>
      <Route path="/providers/:id">{({ id }) => <ProviderDetailPage key={id} id={decodeURIComponent(id)} />}</Route>
      <Route>
        <ProviderList />
      </Route>
    </Switch>
  );
}
