/** Where the built renderer lies: beside the bundle that runs (`dist/`, `dist/chunks/`), or in `dist/` of the sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PLACES = ['renderer', join('..', 'renderer'), join('..', '..', 'dist', 'renderer')];

/** The absolute path of the folder with `index.html`; undefined when the renderer was not built. */
export function dashboardFolder(): string | undefined {
  return PLACES.map((place) => join(import.meta.dirname, place)).find(
    (folder) => existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'assets')),
  );
}
