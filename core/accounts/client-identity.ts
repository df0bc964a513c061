/**
 * The accounts whose person lets other clients be sent as the vendor's own (`providers/account-call.ts`). It is a choice
 * of the person's, apart from what the provider tells of the account, so that no refresh of tokens can undo it.
 */
import { OmniError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { SENDS_IDENTITY } from '../providers/account-call.ts';
import type { Provider } from '../providers/provider.ts';
import type { ConnectionRecord } from '../store/records.ts';
import type { KeyValueRepository } from '../store/store.ts';

const NAMESPACE = 'clientIdentity';

export function isSentAsOwn(keyValues: KeyValueRepository, connectionId: string): boolean {
  return keyValues.get(NAMESPACE, connectionId) === true;
}

/** Keeps the choice. Throws `invalid_request` where the provider knows no identity that could be sent. */
export function chooseIdentity(
  keyValues: KeyValueRepository,
  { id, authType }: Pick<ConnectionRecord, 'id' | 'authType'>,
  { row, isOn }: { readonly row: Provider; readonly isOn: boolean },
): void {
  if (isOn && (authType !== 'oauth' || row.ownClient?.identity === undefined))
    throw new OmniError('invalid_request', `${row.name} is asked as no other client. Leave the setting out.`, {
      path: 'sendsClientIdentity',
    });
  if (isOn) keyValues.set(NAMESPACE, id, true);
  else keyValues.remove(NAMESPACE, id);
}

export function forgetIdentity(keyValues: KeyValueRepository, connectionId: string): void {
  keyValues.remove(NAMESPACE, connectionId);
}

/** What calls are told of the account: the provider's data, and the person's choice where it was made. */
export function dataWithChoice(data: JsonObject, isOn: boolean): JsonObject {
  return isOn ? { ...data, [SENDS_IDENTITY]: true } : data;
}
