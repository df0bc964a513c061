/** Opens what the pipeline's stages stand on, and the account that every request is written to. */
import type { Clock } from './base/clock.ts';
import type { EventBus } from './base/event-bus.ts';
import type { Log } from './base/log.ts';
import { Turns } from './base/turns.ts';
import { dispatcherThrough, type Network } from './open-routing.ts';
import { type ActiveRequests, createActiveRequests } from './pipeline/active-requests.ts';
import { type ClientSessions, createClientSessions } from './pipeline/client-sessions.ts';
import { createEmbedder } from './pipeline/embed-text.ts';
import { embeddingsPipeline } from './pipeline/embeddings.ts';
import type { SharedAnswer, SharedRegister } from './pipeline/idempotency-stage.ts';
import type { MediaFetch } from './pipeline/lane.ts';
import type { LedgerPorts, RequestWatch } from './pipeline/ledger.ts';
import { createMetrics, type Metrics } from './pipeline/metrics.ts';
import type { GeneratePorts } from './pipeline/stages.ts';
import { createTelemetry, type Telemetry } from './pipeline/telemetry.ts';
import type { WalkPorts } from './pipeline/walk-ports.ts';
import { createAnswerCache } from './policy/answer-cache.ts';
import { createBodyKeeper } from './policy/body-keeper.ts';
import { type Budgets, createBudgets } from './policy/budgets.ts';
import { createIdempotencyRegister } from './policy/idempotency.ts';
import type { SettingsService } from './policy/settings-service.ts';
import { createSignatureCache, type SignatureCache } from './policy/signature-cache.ts';
import { createSimilarQuestions, type SimilarQuestions } from './policy/similar-questions.ts';
import type { Resilience } from './routing/resilience.ts';
import type { Snapshot } from './routing/snapshot.ts';
import type { UsageRecord } from './store/records.ts';
import type { Store } from './store/store.ts';
import { fetchMedia, type MediaRules } from './upstream/fetch-media.ts';
import type { Vault } from './vault/vault.ts';

export interface PipelinePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Which addresses remote media may be fetched from; default: public ones. */
  readonly isMediaAddressAllowed?: (address: string) => boolean;
}

export interface PipelineParts extends Network {
  readonly store: Store;
  readonly vault: Vault;
  readonly settings: SettingsService;
  readonly events: EventBus;
  readonly routing: { readonly walk: Omit<WalkPorts, 'snapshot'>; readonly resilience: Resilience };
  snapshot(): Snapshot;
}

export interface Pipeline {
  readonly pipeline: GeneratePorts & { readonly budgets: Budgets };
  readonly signatures: SignatureCache;
  readonly similarQuestions: SimilarQuestions;
  readonly ledger: LedgerPorts;
  readonly active: ActiveRequests;
  readonly telemetry: Telemetry;
  readonly clientSessions: ClientSessions;
  readonly metrics: Metrics;
}

/** Fetches of remote media at the same time, over all requests: what they hold in memory is bounded by it. */
const MEDIA_FETCHES = 16;

export function openPipeline(ports: PipelinePorts, parts: PipelineParts): Pipeline {
  const { clock, log, version, isMediaAddressAllowed } = ports;
  const { store, vault, settings, events } = parts;
  const budgets = createBudgets({
    ...{ keyValues: store.keyValues, rollups: store.rollups, clock },
    timeZone: () => settings.current().timeZone,
    onWarning(warning) {
      log.warn(warning.level === 'reached' ? 'A budget is used up.' : 'A budget is nearly used up.', { ...warning });
      events.emit({ type: 'budget-reached', atMs: clock.nowMs(), ...warning });
    },
  });
  const register: SharedRegister = createIdempotencyRegister<SharedAnswer>(clock);
  const answerRules = () => settings.current().answerCache;
  const cache = createAnswerCache({ repository: store.cachedAnswers, rules: answerRules, ...{ clock, log } });
  const questions = createSimilarQuestions({
    repository: store.similarQuestions,
    rules: answerRules,
    ...{ clock, log },
  });
  const active = createActiveRequests({ events, clock });
  const bodies = createBodyKeeper({ repository: store.bodies, rules: () => settings.current(), clock, log });
  const walk: WalkPorts = { ...parts.routing.walk, snapshot: parts.snapshot };
  const clientSessions = createClientSessions(clock);
  const metrics = createMetrics({
    ...{ activeRequests: active.count, resilience: parts.routing.resilience, version },
    isEnabled: () => settings.current().enableMetrics,
  });
  const telemetry = createTelemetry({ clock, usage: store.usage });
  const ledger: LedgerPorts = {
    ...{ clock, log, append: (record) => recordUsage(record, store, budgets) },
    watch: together([active, telemetry, clientSessions, metrics]),
  };
  const embed = createEmbedder({ run: embeddingsPipeline({ walk, budgets, bodies }), ledger });
  const signatures = createSignatureCache({ repository: store.signatures, ...{ vault, clock, log } });
  const fetches = new Turns(MEDIA_FETCHES);
  const mediaRules = ({ purpose, received }: MediaFetch): MediaRules => ({
    ...{ isAllowed: isMediaAddressAllowed, received },
    proxyFor: (origin) => dispatcherThrough({ ...purpose, origin }, parts),
  });
  return {
    ...{ active, telemetry, clientSessions, metrics },
    pipeline: {
      lanes: {
        fetchMedia: (url, fetch) => fetches.run(() => fetchMedia(url, fetch.signal, mediaRules(fetch)), fetch.signal),
        signatures,
      },
      walk,
      similar: { questions, embed, rules: () => answerRules().similar },
      shapeRules: () => settings.current(),
      ...{ register, cache, budgets, bodies },
    },
    similarQuestions: questions,
    ...{ signatures, ledger },
  };
}

function together(watches: readonly RequestWatch[]): RequestWatch {
  return {
    began(ledger) {
      for (const watch of watches) watch.began(ledger);
    },
    routed(ledger) {
      for (const watch of watches) watch.routed(ledger);
    },
    ended(ledger, record) {
      for (const watch of watches) watch.ended(ledger, record);
    },
  };
}

/**
 * Budgets are told after the row is written: a sum that is read meanwhile has it already. They are told as well when it
 * cannot be written: a full disk is no reason to spend on.
 */
async function recordUsage(record: UsageRecord, store: Store, budgets: Budgets): Promise<void> {
  try {
    await store.usage.append(record);
  } finally {
    if (record.apiKeyId !== undefined && record.costUsd !== null)
      budgets.spend(record.apiKeyId, record.costUsd, record.startedAtMs);
  }
}
