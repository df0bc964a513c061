/** Asks for a port that is not among the usual ones. */
import { MIN_PORT } from './preferences.ts';
import { escaped, openShellPage, type ShellPages } from './shell-page.ts';
import type { Words } from './words.ts';

const SIZE = { width: 360, height: 220 };

/** Calls `onPort` with the number typed; whether it can be used is for that to say. */
export function askPort(
  current: number,
  words: Words,
  { pages, onPort }: { pages: ShellPages; onPort: (port: number) => void },
): void {
  const { say } = words;
  openShellPage(
    {
      name: 'port',
      title: say('port.title'),
      language: words.language,
      size: SIZE,
      body: `<form action="/shell/do/port"><label for="port">${escaped(say('port.ask'))}</label><input id="port" name="port" type="number" min="${MIN_PORT}" max="65535" value="${current}" required autofocus aria-describedby="range"><button>${escaped(say('port.set'))}</button><p id="range">${escaped(say('port.range'))}</p></form>`,
      onCommand(_command, values, window) {
        window.close();
        onPort(Number(values.get('port')));
      },
    },
    pages,
  );
}
