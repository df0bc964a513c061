/** A person's first five minutes with the desktop app: from its empty window to the first live request of a real client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnServer, takeFirstSteps } from '../support/first-steps.ts';
import type { Upstream } from '../support/upstream.ts';
import { type Desktop, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { dashboardOf, photograph } from './looking.ts';
import { CHROMIUM } from './stand-in/chromium.ts';

const RUNS_ON = electronProgram() === undefined ? 'the stand-in for Electron' : 'Electron';

let app: Desktop;
let server: Upstream;
beforeAll(async () => {
  server = await startOwnServer();
  app = await startDesktop();
}, 90_000);
afterAll(async () => {
  await app?.dispose();
  await server?.close();
});

describe.skipIf(RUNS_ON !== 'Electron' && CHROMIUM === undefined)(`the first steps on ${RUNS_ON}`, () => {
  it('lead from nothing to a request that a client sent, live', { timeout: 90_000 }, async () => {
    const page = await dashboardOf(app);
    await page.getByRole('navigation').first().waitFor();
    const clicks = await takeFirstSteps(page, { server, origin: `http://localhost:${app.port}` });
    console.log(`first steps on ${RUNS_ON}: ${clicks} clicks from the empty window to a client's first live request`);
    await photograph(page, 'desktop-first-steps');
    expect(clicks).toBeLessThan(8);
  });
});
