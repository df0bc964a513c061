/** The contract with its handlers. */
import { analyticsHandlers } from './analytics.ts';
import { auditLogHandlers } from './audit-log.ts';
import { authHandlers } from './auth.ts';
import { budgetHandlers } from './budget.ts';
import { cacheHandlers } from './cache.ts';
import { comboTestsHandlers } from './combo-tests.ts';
import { combosHandlers } from './combos.ts';
import { desktopHandlers } from './desktop.ts';
import { diagnosticsHandlers } from './diagnostics.ts';
import { fallbackChainsHandlers } from './fallback-chains.ts';
import { gatewayHandlers } from './gateway-state.ts';
import { implementer } from './implementer.ts';
import { ipFilterHandlers } from './ip-filter.ts';
import { keysHandlers } from './keys.ts';
import { knownProvidersHandlers } from './known-providers.ts';
import { liveHandlers } from './live.ts';
import { modelsHandlers } from './models.ts';
import { monitoringHandlers } from './monitoring.ts';
import { oauthHandlers } from './oauth.ts';
import { oauthFlowsHandlers } from './oauth-flows.ts';
import { oauthImportsHandlers } from './oauth-imports.ts';
import { policiesHandlers } from './policies.ts';
import { pricingHandlers } from './pricing.ts';
import { providerModelsHandlers } from './provider-models.ts';
import { providerNodesHandlers } from './provider-nodes.ts';
import { providersHandlers } from './providers.ts';
import { proxyHandlers } from './proxy.ts';
import { proxyLogsHandlers } from './proxy-logs.ts';
import { quotasHandlers } from './quotas.ts';
import { resilienceHandlers } from './resilience.ts';
import { settingsHandlers } from './settings.ts';
import { shapingHandlers } from './shaping.ts';
import { telemetryHandlers } from './telemetry.ts';
import { usageHandlers } from './usage.ts';
import { usageExportHandlers } from './usage-export.ts';
import { usageLogsHandlers } from './usage-logs.ts';
import { vaultHandlers } from './vault.ts';

export const router = implementer.router({
  analytics: analyticsHandlers(implementer),
  auditLog: auditLogHandlers(implementer),
  auth: authHandlers(implementer),
  providers: providersHandlers(implementer),
  providerNodes: providerNodesHandlers(implementer),
  policies: policiesHandlers(implementer),
  pricing: pricingHandlers(implementer),
  providerModels: providerModelsHandlers(implementer),
  models: modelsHandlers(implementer),
  budget: budgetHandlers(implementer),
  cache: cacheHandlers(implementer),
  comboTests: comboTestsHandlers(implementer),
  combos: combosHandlers(implementer),
  desktop: desktopHandlers(implementer),
  diagnostics: diagnosticsHandlers(implementer),
  fallbackChains: fallbackChainsHandlers(implementer),
  gateway: gatewayHandlers(implementer),
  ipFilter: ipFilterHandlers(implementer),
  keys: keysHandlers(implementer),
  knownProviders: knownProvidersHandlers(implementer),
  live: liveHandlers(implementer),
  oauth: oauthHandlers(implementer),
  oauthFlows: oauthFlowsHandlers(implementer),
  oauthImports: oauthImportsHandlers(implementer),
  usage: usageHandlers(implementer),
  usageLogs: usageLogsHandlers(implementer),
  proxy: proxyHandlers(implementer),
  quotas: quotasHandlers(implementer),
  resilience: resilienceHandlers(implementer),
  settings: settingsHandlers(implementer),
  shaping: shapingHandlers(implementer),
  vault: vaultHandlers(implementer),
  monitoring: monitoringHandlers(implementer),
  proxyLogs: proxyLogsHandlers(implementer),
  telemetry: telemetryHandlers(implementer),
  usageExport: usageExportHandlers(implementer),
});
