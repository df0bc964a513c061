import { useEffect, useState } from 'react';
import { connectAnnouncer } from '../ui/announce.ts';

/** The page's one polite live region; what `announce` gets is read out here. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    connectAnnouncer(setText);
    return () => connectAnnouncer(undefined);
  }, []);
  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {text}
    </div>
  );
}
