/** The contract with its handlers. */
import { authHandlers } from './auth.ts';
import { combosHandlers } from './combos.ts';
import { implementer } from './implementer.ts';
import { keysHandlers } from './keys.ts';
import { modelsHandlers } from './models.ts';
import { providerModelsHandlers } from './provider-models.ts';
import { providerNodesHandlers } from './provider-nodes.ts';
import { providersHandlers } from './providers.ts';
import { settingsHandlers } from './settings.ts';
import { usageHandlers } from './usage.ts';

export const router = implementer.router({
  auth: authHandlers(implementer),
  providers: providersHandlers(implementer),
  providerNodes: providerNodesHandlers(implementer),
  providerModels: providerModelsHandlers(implementer),
  models: modelsHandlers(implementer),
  combos: combosHandlers(implementer),
  keys: keysHandlers(implementer),
  usage: usageHandlers(implementer),
  settings: settingsHandlers(implementer),
});
