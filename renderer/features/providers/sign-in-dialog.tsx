import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ProviderRow } from './provider-rows.ts';
import { SignInImports } from './sign-in-imports.tsx';
import { SignInSession } from './sign-in-session.tsx';
import { SignInStart } from './sign-in-start.tsx';
import type { SignInPlace } from './sign-in-url.ts';

/** Signs in at a provider: the ways that are open, then the chosen one from its start to its account. */
export function SignInDialog({ row, place }: { readonly row: ProviderRow; readonly place: SignInPlace }) {
  const { t } = useTranslation('providers');
  return (
    <Modal
      opened
      onClose={place.close}
      closeOnClickOutside={place.sessionId === undefined}
      title={t('signIn.title', { name: row.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {place.sessionId === undefined ? (
        <>
          <SignInStart provider={row.id} onStarted={place.show} />
          <SignInImports row={row} onTaken={place.close} />
        </>
      ) : (
        <SignInSession
          key={place.sessionId}
          sessionId={place.sessionId}
          onAgain={() => place.show()}
          onClose={place.close}
        />
      )}
    </Modal>
  );
}
