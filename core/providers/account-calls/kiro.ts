/** Kiro's calls are those of an AWS client: each has an id of its own, and names the profile that is charged. */
import { asString } from '../../base/json.ts';
import type { AccountCall } from '../account-call.ts';

export const kiroCall: AccountCall = {
  headers: ({ callId }) => ({ 'amz-sdk-invocation-id': callId }),
  envelope: {
    wrap: (body, { data }) => {
      const profileArn = asString(data['profileArn']);
      return profileArn === undefined ? body : { ...body, profileArn };
    },
  },
};
