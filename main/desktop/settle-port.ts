/** Finds the port to start on together with the person, where the wanted one is in use (`port.ts` decides, this asks). */
import { app, dialog, shell } from 'electron';
import { instanceId } from '../../core/policy/service-state.ts';
import type { Launch } from './launch.ts';
import { showNotice } from './notifications.ts';
import { choosePort } from './port.ts';
import type { ShellContext } from './shell-context.ts';

/** The port to listen on; undefined when the app is to end: another instance serves already, or the person chose so. */
export async function settlePort(context: ShellContext, launch: Launch): Promise<number | undefined> {
  const { environment, preferences, paths, log } = context;
  const wanted = launch.port ?? environment.port ?? preferences.current().port;
  const choice = await choosePort(wanted, instanceId(paths.databaseFile));
  if (choice.kind === 'wanted') return wanted;
  if (choice.kind === 'ours') {
    log.info('Another OmniRoute serves this data already; it is handed over to.', { port: wanted });
    await handOver(context, `http://localhost:${wanted}`, launch);
    return undefined;
  }
  log.warn('The port is in use by another program.', { port: wanted, next: choice.port });
  const isAccepted = launch.isHidden ? tell(context, wanted, choice.port) : await ask(context, wanted, choice.port);
  if (!isAccepted) return undefined;
  preferences.change({ port: choice.port });
  return choice.port;
}

async function handOver({ words }: ShellContext, url: string, launch: Launch): Promise<void> {
  const { say } = words();
  showNotice({ title: say('already.title'), body: say('already.body', { url }) });
  if (!launch.isHidden) await shell.openExternal(url + (launch.path ?? '/'));
}

/** Nobody looks at a dialog at login: a notice has to do. */
function tell({ words }: ShellContext, wanted: number, port: number): true {
  const { say } = words();
  showNotice({ title: say('notify.port.title', { port }), body: say('notify.port.body', { wanted }) });
  return true;
}

async function ask({ words }: ShellContext, wanted: number, next: number): Promise<boolean> {
  const { say } = words();
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: app.name,
    message: say('port.taken', { port: wanted }),
    detail: say('port.takenDetail', { next }),
    buttons: [say('port.use', { next }), say('failure.quit')],
    ...{ defaultId: 0, cancelId: 1 },
  });
  return response === 0;
}
