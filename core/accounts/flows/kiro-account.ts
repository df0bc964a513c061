/**
 * What Kiro's service tells of a login (AWS JSON 1.0; the operations are those of aws/amazon-q-developer-cli): who the
 * person is, and the profile of a company that calls are made for. The service stands in two regions, whichever one the
 * sign-in is in. A login that it tells nothing of works all the same.
 */
import { OmniError } from '../../base/errors.ts';
import { asObject, asString, compact, type JsonObject, objectsOf } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import { kiroQuota } from '../../providers/quotas/kiro.ts';
import { claimsOf } from '../oauth/claims.ts';
import type { Granted } from '../oauth/grants.ts';
import { askAccount, bearer, textsOf, urlAt } from './common.ts';
import type { FlowContext, SignedIn } from './flow.ts';

const SERVICE_REGIONS = ['us-east-1', 'eu-central-1'];
const LIST_PROFILES = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'AmazonCodeWhispererService.ListAvailableProfiles',
};

/** Who signed in: what a token that can be read says, else what the service says with the usage limits, on request. */
export async function personOf(
  { accessToken, idToken }: Granted,
  data: JsonObject,
  context: FlowContext,
): Promise<Pick<SignedIn, 'email' | 'identity'>> {
  const claims = { ...claimsOf(accessToken), ...claimsOf(idToken) };
  const email = asString(claims['email']);
  if (email !== undefined) return compact({ email, identity: asString(claims['sub']) });
  context.progress('Reading the account.');
  const { headers = {}, body } = kiroQuota.request({ data });
  const limits = await ask({ headers, body: { ...body, isEmailRequired: true } }, asString(data['region']), {
    ...{ token: accessToken, context },
  });
  const { email: address, userId } = asObject(limits['userInfo']) ?? {};
  return compact({ email: asString(address), identity: asString(claims['sub']) ?? asString(userId) });
}

/**
 * `region`: where the service is asked from now on; `profileArn` and `workspace` (its name): the profile that came with
 * the token, else the first of those that a company has given the person. The sign-in's part of the world is asked first.
 */
export async function profileOf(
  { accessToken, answer }: Granted,
  ssoRegion: string,
  context: FlowContext,
): Promise<JsonObject> {
  const told = asString(answer['profile_arn']);
  if (told !== undefined) return { region: regionIn(told) ?? ssoRegion, profileArn: told };
  context.progress('Looking for the profile.');
  const isNear = (region: string): number => Number(region.slice(0, 3) === ssoRegion.slice(0, 3));
  const regions = SERVICE_REGIONS.toSorted((one, other) => isNear(other) - isNear(one));
  for (const region of regions) {
    const asking = { headers: LIST_PROFILES, body: { maxResults: 10 } };
    const [profile] = objectsOf((await ask(asking, region, { token: accessToken, context }))['profiles']);
    const profileArn = asString(profile?.['arn']);
    if (profileArn !== undefined)
      return textsOf({ region: regionIn(profileArn) ?? region, profileArn, workspace: profile?.['profileName'] });
  }
  return textsOf({ region: regions[0] });
}

interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** The answer; empty when the service refuses or cannot be reached. */
async function ask(
  { headers, body }: Asking,
  region: string | undefined,
  { token, context }: { readonly token: Secret; readonly context: FlowContext },
): Promise<JsonObject> {
  const url = urlAt(context.row, 'account', '/', region === undefined ? {} : { region });
  try {
    return await askAccount(url, body, { ...headers, ...bearer(token) }, context);
  } catch (error) {
    if (error instanceof OmniError && !context.signal.aborted) return {};
    throw error;
  }
}

/** `arn:aws:codewhisperer:eu-central-1:…`. It becomes part of a host's name. */
function regionIn(arn: string): string | undefined {
  return /^arn:[\w-]+:codewhisperer:([a-z]{2}(?:-[a-z]+){1,3}-\d):/.exec(arn)?.[1];
}
