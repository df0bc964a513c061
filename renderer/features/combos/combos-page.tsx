import { Route, Switch } from 'wouter';
import { ComboEditorPage } from './combo-editor.tsx';
import { ComboList } from './combo-list.tsx';

/** All combos, or one of them. */
export function CombosPage() {
  return (
    <Switch>
      <Route path="/combos/:id">{({ id }) => <ComboEditorPage key={id} id={id} />}</Route>
      <Route>
        <ComboList />
      </Route>
    </Switch>
  );
}
