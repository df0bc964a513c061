/**
 * Gemini CLI: Google's authorization code for an installed app, whose secret Google publishes in its own CLI. Calls need
 * a Code Assist project; an account that has none is given one (`onboardUser`), which takes a while.
 */
import { OmniError } from '../../base/errors.ts';
import { asObject, asString, compact, type JsonObject, objectsOf } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import { FORM } from '../oauth/wire.ts';
import {
  askAccount,
  bearer,
  exchangeCode,
  figure,
  grantCall,
  pageUrl,
  pkceParameters,
  readAccount,
  refreshGrant,
  textsOf,
  tokensOf,
  urlAt,
} from './common.ts';
import type { Flow, FlowContext } from './flow.ts';

const METADATA: JsonObject = {
  ideType: 'IDE_UNSPECIFIED',
  platform: 'PLATFORM_UNSPECIFIED',
  pluginType: 'GEMINI',
};
const ONBOARD_TRIES = 10;
const ONBOARD_PAUSE_MS = 5_000;

export const geminiCliFlow: Flow = {
  provider: 'gemini-cli',
  methods: [
    {
      kind: 'code',
      id: 'browser',
      label: 'In the browser',
      redirect: { to: 'loopback', path: '/callback', isPortFixed: false },
      style: FORM,
      usesPkce: true,
      options: [
        {
          name: 'projectId',
          label: 'Google Cloud project (accounts of organisations only)',
          isRequired: false,
          pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
        },
      ],
      authorizeUrl: ({ redirectUri, state, codeChallenge }, { row, client }) =>
        pageUrl(urlAt(row, 'authorize', '/o/oauth2/v2/auth'), {
          client_id: client.id,
          response_type: 'code',
          redirect_uri: redirectUri,
          scope: figure(row, 'scope'),
          state,
          access_type: 'offline',
          prompt: 'consent',
          ...pkceParameters(codeChallenge),
        }),
      exchange: (answer, context) =>
        exchangeCode(answer, grantCall(context, urlAt(context.row, 'token', '/token'), FORM)),
    },
  ],
  refreshLeadMs: 300_000,
  secret: {
    auth: 'post',
    vendorTool: {
      name: 'Gemini CLI',
      command: 'gemini',
      files: [
        '@google/gemini-cli-core/dist/src/code_assist/oauth2.js',
        '@google/gemini-cli/bundle/gemini.js',
        '@google/gemini-cli/dist/index.js',
      ],
      pattern: /["'`](GOCSPX-[\w-]{20,40})["'`]/,
    },
  },
  async complete(granted, { options }, context) {
    context.progress('Reading the account.');
    const headers = bearer(granted.accessToken);
    const user = await readAccount(urlAt(context.row, 'account', '/oauth2/v1/userinfo?alt=json'), headers, context);
    const project = await projectOf(granted.accessToken, options['projectId'], context);
    const [email, displayName] = [asString(user['email']), asString(user['name'])];
    return {
      tokens: { ...tokensOf(granted, context), data: project, secrets: {} },
      ...(email !== undefined && { email }),
      ...(displayName !== undefined && { displayName }),
    };
  },
  async refresh(tokens, context) {
    const call = grantCall(context, urlAt(context.row, 'token', '/token'), FORM);
    const { data, secrets } = tokens;
    return { ...tokensOf(await refreshGrant(tokens, call), context, tokens), data, secrets };
  },
};

/** `projectId` and `plan`. Throws `upstream_permission` with what to do when Google gives no project. */
async function projectOf(token: Secret, wanted: string | undefined, context: FlowContext): Promise<JsonObject> {
  context.progress('Looking for the Code Assist project.');
  const ask = (action: string, body: JsonObject): Promise<JsonObject> =>
    askAccount(urlAt(context.row, 'api', `/v1internal:${action}`), body, bearer(token), context);
  const metadata = { ...METADATA, ...(wanted !== undefined && { duetProject: wanted }) };
  const chosen = wanted === undefined ? {} : { cloudaicompanionProject: wanted };
  const loaded = await ask('loadCodeAssist', { metadata, ...chosen });
  const current = asObject(loaded['currentTier']);
  const known = projectIn(loaded) ?? (current === undefined ? undefined : wanted);
  if (known !== undefined) return textsOf({ projectId: known, plan: current?.['name'] ?? current?.['id'] });
  const tiers = objectsOf(loaded['allowedTiers']);
  const tier = tiers.find(({ isDefault }) => isDefault === true);
  const tierId = asString(tier?.['id']) ?? 'legacy-tier';
  // The free tier's project is Google's own: it refuses whoever names another.
  const setUp = tierId === 'free-tier' ? { tierId, metadata: METADATA } : { tierId, metadata, ...chosen };
  for (let attempt = 1; attempt <= ONBOARD_TRIES; attempt += 1) {
    context.progress(`Setting up the Code Assist project (${attempt} of at most ${ONBOARD_TRIES}).`);
    const operation = await ask('onboardUser', setUp);
    if (operation['done'] === true) {
      const projectId = projectIn(asObject(operation['response']) ?? {}) ?? wanted;
      if (projectId !== undefined) return textsOf(compact({ projectId, plan: asString(tier?.['name']) ?? tierId }));
      break;
    }
    if (attempt < ONBOARD_TRIES) await context.pause(ONBOARD_PAUSE_MS);
    context.signal.throwIfAborted();
  }
  throw new OmniError(
    'upstream_permission',
    'Google gave this account no Code Assist project. Create one in the Google Cloud console, and enter its id when you sign in again.',
  );
}

/** A text or `{id}`. */
function projectIn({ cloudaicompanionProject: project }: JsonObject): string | undefined {
  return asString(project) ?? asString(asObject(project)?.['id']);
}
