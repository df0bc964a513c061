/**
 * Starting at login, hidden. macOS and Windows keep that themselves; on Linux it is a desktop entry in the autostart folder
 * (https://specifications.freedesktop.org/autostart-spec/latest/), which Electron does not write.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { HIDDEN_FLAG } from './launch.ts';

const ENTRY = 'omniroute.desktop';

/** Makes the system's setting that of the preference. Throws what the file system says, on Linux. */
export function launchAtLogin(isWanted: boolean): void {
  if (process.platform === 'linux') writeEntry(isWanted);
  else app.setLoginItemSettings({ openAtLogin: isWanted, args: [HIDDEN_FLAG] });
}

/** Was the app started by the system at login? macOS does not pass arguments, and tells by itself. */
export function wasStartedAtLogin(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

function writeEntry(isWanted: boolean): void {
  const folder = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart');
  const file = join(folder, ENTRY);
  if (!isWanted) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, desktopEntry(commandLine()));
}

/** An AppImage is mounted at a new place at every start: what is started is the file itself. */
function commandLine(): readonly string[] {
  const program = process.env['APPIMAGE'] ?? process.execPath;
  return [program, ...(app.isPackaged ? [] : [app.getAppPath()]), HIDDEN_FLAG];
}

/** Arguments are quoted as https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html says. */
export function desktopEntry(command: readonly string[]): string {
  const quoted = command.map(
    (part) =>
      `"${part
        .replace(/[\\"$`]/g, '\\$&')
        .replaceAll('\\', '\\\\')
        .replaceAll('%', '%%')}"`,
  );
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=OmniRoute',
    'Comment=One local endpoint for every AI coding tool',
    `Exec=${quoted.join(' ')}`,
    'Icon=omniroute',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}
