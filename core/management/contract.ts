/** The whole management contract: REST under `/api`, and later the desktop's message port, are made from it. */
import { analyticsContract } from './analytics.ts';
import { auditLogContract } from './audit-log.ts';
import { authContract } from './auth.ts';
import { budgetContract } from './budget.ts';
import { cacheContract } from './cache.ts';
import { comboTestsContract } from './combo-tests.ts';
import { combosContract } from './combos.ts';
import { desktopContract } from './desktop.ts';
import { diagnosticsContract } from './diagnostics.ts';
import { fallbackChainsContract } from './fallback-chains.ts';
import { gatewayContract } from './gateway-state.ts';
import { ipFilterContract } from './ip-filter.ts';
import { keysContract } from './keys.ts';
import { knownProvidersContract } from './known-providers.ts';
import { liveContract } from './live.ts';
import { modelsContract } from './models.ts';
import { monitoringContract } from './monitoring.ts';
import { oauthContract } from './oauth.ts';
import { oauthFlowsContract } from './oauth-flows.ts';
import { oauthImportsContract } from './oauth-imports.ts';
import { policiesContract } from './policies.ts';
import { pricingContract } from './pricing.ts';
import { providerModelsContract } from './provider-models.ts';
import { providerNodesContract } from './provider-nodes.ts';
import { providersContract } from './providers.ts';
import { proxyContract } from './proxy.ts';
import { proxyLogsContract } from './proxy-logs.ts';
import { quotasContract } from './quotas.ts';
import { resilienceContract } from './resilience.ts';
import { settingsContract } from './settings.ts';
import { shapingContract } from './shaping.ts';
import { telemetryContract } from './telemetry.ts';
import { usageContract } from './usage.ts';
import { usageExportContract } from './usage-export.ts';
import { usageLogsContract } from './usage-logs.ts';
import { vaultContract } from './vault.ts';

export const contract = {
  analytics: analyticsContract,
  auditLog: auditLogContract,
  auth: authContract,
  providers: providersContract,
  providerNodes: providerNodesContract,
  policies: policiesContract,
  pricing: pricingContract,
  providerModels: providerModelsContract,
  models: modelsContract,
  budget: budgetContract,
  cache: cacheContract,
  comboTests: comboTestsContract,
  combos: combosContract,
  desktop: desktopContract,
  diagnostics: diagnosticsContract,
  fallbackChains: fallbackChainsContract,
  gateway: gatewayContract,
  ipFilter: ipFilterContract,
  keys: keysContract,
  knownProviders: knownProvidersContract,
  live: liveContract,
  oauth: oauthContract,
  oauthFlows: oauthFlowsContract,
  oauthImports: oauthImportsContract,
  usage: usageContract,
  usageLogs: usageLogsContract,
  proxy: proxyContract,
  quotas: quotasContract,
  resilience: resilienceContract,
  settings: settingsContract,
  shaping: shapingContract,
  vault: vaultContract,
  monitoring: monitoringContract,
  proxyLogs: proxyLogsContract,
  telemetry: telemetryContract,
  usageExport: usageExportContract,
};
