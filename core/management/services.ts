/** What management works on. The interface, not the parts behind it: REST, IPC and tests hand in their own. */
import type { Accounts } from '../accounts/accounts.ts';
import type { Imports } from '../accounts/logins/imports.ts';
import type { LoginProvider } from '../accounts/logins/login-providers.ts';
import type { Logins } from '../accounts/logins/logins.ts';
import type { QuotaKeeper } from '../accounts/quota/quota-keeper.ts';
import type { Clock } from '../base/clock.ts';
import type { EventBus } from '../base/event-bus.ts';
import type { Log } from '../base/log.ts';
import type { ActiveRequest } from '../pipeline/active-requests.ts';
import type { ClientSession } from '../pipeline/client-sessions.ts';
import type { Metrics } from '../pipeline/metrics.ts';
import type { Telemetry } from '../pipeline/telemetry.ts';
import type { AnswerCache } from '../policy/answer-cache.ts';
import type { ApiKeys } from '../policy/api-keys.ts';
import type { Budgets } from '../policy/budgets.ts';
import type { IpFilter } from '../policy/ip-filter.ts';
import type { Lockouts } from '../policy/lockouts.ts';
import type { NetworkProxy, Proxies } from '../policy/proxies.ts';
import type { ServiceState } from '../policy/service-state.ts';
import type { Sessions } from '../policy/sessions.ts';
import type { SettingsService } from '../policy/settings-service.ts';
import type { SignatureCache } from '../policy/signature-cache.ts';
import type { SimilarQuestions } from '../policy/similar-questions.ts';
import type { ModelInfo } from '../providers/catalog/model-info.ts';
import type { Provider } from '../providers/provider.ts';
import type { Balancer } from '../routing/balancer.ts';
import type { Resilience } from '../routing/resilience.ts';
import type { Store } from '../store/store.ts';
import type { ProxyTest } from '../upstream/proxy-test.ts';
import type { LockableVault } from '../vault/vault.ts';
import type { DesktopHost } from './desktop.ts';

/** The catalog, as far as management needs it. */
export interface CatalogList {
  list(providerId: string): readonly ModelInfo[];
}

export interface ModelTrial {
  readonly statusCode: number;
  /** A sentence, when it failed. */
  readonly error?: string;
  readonly latencyMs: number;
}

export interface ManagementServices {
  readonly store: Store;
  readonly vault: LockableVault;
  readonly accounts: Accounts;
  readonly catalog: CatalogList;
  /** The data set without the user's prices. */
  defaultCatalog(): CatalogList;
  /** Model strings that a client may ask for right now; endpoints without a catalog are asked for theirs, for a moment. */
  chatModels(): Promise<readonly string[]>;
  /** Rows and custom nodes by id, as of the last change. */
  providers(): ReadonlyMap<string, Provider>;
  /** Absent in a server without the desktop app. */
  readonly desktop?: DesktopHost;
  readonly serviceState: ServiceState;
  /** Logins of the vendors' tools on this machine. */
  readonly imports: Imports;
  readonly logins: Logins & { providers(): Promise<readonly LoginProvider[]> };
  readonly sessions: Sessions;
  readonly apiKeys: ApiKeys;
  readonly settings: SettingsService;
  readonly balancer: Pick<Balancer, 'metrics'>;
  readonly answerCache: Pick<AnswerCache, 'stats' | 'clear'>;
  readonly similarQuestions: Pick<SimilarQuestions, 'count' | 'clear'>;
  readonly signatures: Pick<SignatureCache, 'stats'>;
  /** Requests that may be answered again. */
  readonly duplicates: { size(): number };
  readonly budgets: Budgets;
  readonly ipFilter: IpFilter;
  readonly lockouts: Pick<Lockouts, 'guardKeys' | 'list' | 'unlock'>;
  readonly proxies: Proxies;
  /** Asks through a proxy which address is seen; never throws. */
  proxyTest(proxy: NetworkProxy): Promise<ProxyTest>;
  readonly quotas: Pick<QuotaKeeper, 'list' | 'read' | 'forget'>;
  readonly resilience: Pick<Resilience, 'view' | 'reset'>;
  /** Sends "Hi" to a model as a client would, at most five tokens long. */
  tryModel(model: string, rules: { readonly limitMs: number; readonly comboName?: string }): Promise<ModelTrial>;
  /** Called after every write, so that routing takes a new picture. */
  changed(): void;
  /** What happens, as it happens. */
  readonly events: EventBus;
  /** Requests under way, in the order of their begin. */
  activeRequests(): readonly ActiveRequest[];
  /** Who used the gateway lately, the most recent first. */
  sessionsOfClients(): readonly ClientSession[];
  /** Where the store is. */
  readonly databaseFile: string;
  readonly metrics: Pick<Metrics, 'render'>;
  /** How fast providers answered lately. */
  readonly telemetry: Pick<Telemetry, 'summary'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

/** What a call brings along besides its input. */
export interface CallContext {
  readonly services: ManagementServices;
  readonly remoteAddress: string | undefined;
  readonly cookieHeader: string | undefined;
  /** Is this call from a signed-in browser (as opposed to an API key, or to nobody)? */
  readonly hasSession: boolean;
  /** Of the API key that calls. */
  readonly apiKeyName?: string;
  /** Adds a Set-Cookie header to the answer. */
  setCookie(value: string): void;
}
