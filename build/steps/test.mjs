/** `npm test`: types and lint first, then every suite, then one line that says how it went. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, VITEST } from './check.mjs';
import { FAILED, ROOT, runNode, say } from './process.mjs';
import { ensureSystem } from './system.mjs';

/** Suites with a folder of their own; all other tests are unit tests. In the order they run. */
const FOLDERS = ['contract', 'integration', 'e2e', 'renderer'];

/**
 * @typedef {{ name: string, args: readonly string[] }} Suite
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ counts: Counts, skips: readonly { test: string, reason: string }[] }} Outcome
 */

/**
 * Runs everything, or, with `args`, Vitest alone with those (file filters, `-t name`).
 * @param {readonly string[]} args
 * @returns {Promise<number>} 0 only when tests ran and none failed
 */
export async function test(args) {
  if (args.length > 0) return runNode([...VITEST, ...args]);
  const checks = await check({ tidy: false });
  const reasons = await ensureSystem();
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const suite of suites()) outcomes.push(await runSuite(suite));
  return summarise(outcomes, reasons, checks);
}

/** @returns {Suite[]} */
function suites() {
  const filled = FOLDERS.filter((name) => holdsTests(join(ROOT, 'tests', name)));
  return [
    { name: 'unit', args: FOLDERS.flatMap((name) => ['--exclude', `tests/${name}/**`]) },
    ...filled.map((name) => ({ name, args: [`tests/${name}/`] })),
  ];
}

/** @param {string} folder */
function holdsTests(folder) {
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
  );
}

/** @param {Suite} suite @returns {Promise<Outcome>} */
async function runSuite({ name, args }) {
  const startedMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-test-'));
  const report = join(folder, 'report.json');
  const skipsFile = join(folder, 'skips.json');
  const reporters = [
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--reporter=./build/skip-reporter.mjs',
  ];
  try {
    const colours = process.stdout.isTTY === true ? {} : { NO_COLOR: '1' };
    const env = { ...process.env, ...colours, CI: '1', OMNIROUTE_SKIPS_FILE: skipsFile };
    const code = await runNode([...VITEST, ...reporters, ...args], { env });
    const counts = countsOf(report, code);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    say(
      `${counts.failed === 0 ? '✓' : '✗'} ${name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)\n`,
    );
    return { counts, skips: existsSync(skipsFile) ? JSON.parse(readFileSync(skipsFile, 'utf8')) : [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The counts of Vitest's JSON. A file that failed before its tests counts as one failure, and so does a run that ended
 * badly without saying which test failed (an unhandled error, a crash before the report).
 * @param {string} report @param {number} code @returns {Counts}
 */
function countsOf(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const json = JSON.parse(readFileSync(report, 'utf8'));
  const brokenFiles = json.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  const failed = json.numFailedTests + brokenFiles.length;
  const unexplained = code !== 0 && failed === 0 ? 1 : 0;
  return {
    passed: json.numPassedTests,
    failed: failed + unexplained,
    skipped: json.numPendingTests + json.numTodoTests,
  };
}

/** @param {readonly Outcome[]} outcomes @param {readonly string[]} reasons @param {number} checks exit code of the checks */
function summarise(outcomes, reasons, checks) {
  const sum = (/** @type {keyof Counts} */ key) => outcomes.reduce((total, { counts }) => total + counts[key], 0);
  for (const { test, reason } of outcomes.flatMap(({ skips }) => skips)) say(`skipped: ${test} (${reason})`);
  for (const reason of reasons) say(`not on this machine: ${reason}`);
  const passed = sum('passed');
  const failed = sum('failed') + (checks === 0 ? 0 : 1);
  if (checks !== 0) say('The type check or the linter failed; it counts as one failure.');
  process.stdout.write(`${passed} passed, ${failed} failed, ${sum('skipped')} skipped\n`);
  return failed === 0 && passed > 0 ? 0 : FAILED;
}
