/** The providers that can be signed in to, with the ways that are open on this machine: what the dialog shows. */
import type { Provider } from '../../providers/provider.ts';
import type { Flow, LoginMethod } from '../flows/flow.ts';
import { type ClientSources, findClient } from './clients.ts';
import { optionsOf } from './method-options.ts';

export interface LoginProvider {
  readonly provider: string;
  readonly alias: string;
  readonly name: string;
  /** False: none of its methods can be started before `missing` is seen to. */
  readonly isReady: boolean;
  /** What is missing and what to do about it. */
  readonly missing?: string;
  /** Where the client's secret was found, for people. */
  readonly secretFrom?: string;
  readonly note?: string;
  readonly terms?: { readonly sentence: string; readonly url: string };
  readonly methods: readonly LoginMethodView[];
}

export interface LoginMethodView {
  readonly id: string;
  readonly label: string;
  /** `code`: the browser opens a page; `device`: a code is typed there. */
  readonly kind: LoginMethod['kind'];
  /** The person brings the answer by hand. */
  readonly needsPaste: boolean;
  readonly options: readonly {
    readonly name: string;
    readonly label: string;
    readonly isRequired: boolean;
    readonly default?: string;
  }[];
}

export async function loginProviders(
  flows: readonly Flow[],
  rows: ReadonlyMap<string, Provider>,
  sources: ClientSources,
): Promise<readonly LoginProvider[]> {
  const found = await Promise.all(flows.map((flow) => view(flow, rows.get(flow.provider), sources)));
  return found.filter((one) => one !== undefined);
}

async function view(flow: Flow, row: Provider | undefined, sources: ClientSources): Promise<LoginProvider | undefined> {
  if (row === undefined) return undefined;
  const { missing, secretFrom } = await findClient({ row, flow }, sources);
  const { id: provider, alias, name, note, terms } = row;
  return {
    ...{ provider, alias, name, isReady: missing === undefined },
    ...(missing !== undefined && { missing }),
    ...(secretFrom !== undefined && { secretFrom }),
    ...(note !== undefined && { note }),
    ...(terms !== undefined && { terms }),
    methods: flow.methods.map((method) => methodView(method, flow)),
  };
}

function methodView(method: LoginMethod, flow: Flow): LoginMethodView {
  return {
    ...{ id: method.id, label: method.label, kind: method.kind },
    needsPaste: method.kind === 'code' && method.redirect.to === 'elsewhere',
    options: optionsOf(method, flow).map(({ name, label, isRequired, default: preset }) => ({
      ...{ name, label, isRequired },
      ...(preset !== undefined && { default: preset }),
    })),
  };
}
