/** Types, lint and format of the whole project, all at once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { captureNode, FAILED, ROOT, say } from './process.mjs';

/** One tsconfig per area, so that no area sees types it must not use. */
const AREAS = ['main', 'preload', 'build', 'tests', 'tests/renderer'];
const modules = join(ROOT, 'node_modules');
export const VITEST = [join(modules, 'vitest', 'vitest.mjs'), 'run', '-c', 'build/vitest.config.ts'];

/**
 * Runs every checker in parallel and prints what the failing ones said.
 * @param {{ tidy: boolean }} options whether the style test runs too (`npm test` runs it with the others)
 * @returns {Promise<number>} 0 when all passed
 */
export async function check({ tidy }) {
  const startedMs = performance.now();
  const compiler = join(modules, 'typescript', 'bin', 'tsc');
  const pretty = ['--pretty', String(process.stderr.isTTY === true)];
  const jobs = AREAS.filter((area) => existsSync(join(ROOT, area, 'tsconfig.json'))).map((area) => ({
    name: `types of ${area}/`,
    args: [compiler, '-p', area, ...pretty],
  }));
  // The renderer sees the core's declarations only, so that neither has the other's globals; they are made on the way.
  jobs.unshift({ name: 'types of core/ and renderer/', args: [compiler, '-b', 'renderer', ...pretty] });
  jobs.push({
    name: 'lint and format',
    args: [join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '.'],
  });
  if (tidy) jobs.push({ name: 'tidy', args: [...VITEST, 'tests/tidy.test.ts'] });

  const results = await Promise.all(jobs.map(async (job) => ({ ...job, ...(await captureNode(job.args)) })));
  const failures = results.filter(({ code }) => code !== 0);
  for (const { name, output } of failures) say(`${output.trimEnd()}\n✗ ${name}`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (failures.length === 0) say(`✓ ${jobs.map(({ name }) => name).join(', ')} (${seconds} s)`);
  return failures.length === 0 ? 0 : FAILED;
}
