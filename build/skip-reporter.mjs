/** A Vitest reporter that writes down each skipped test with its reason, which Vitest's own JSON leaves out. */
import { writeFileSync } from 'node:fs';

export default class SkipReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const path = process.env['OMNIROUTE_SKIPS_FILE'];
    if (path === undefined) return;
    const skips = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => {
        const result = test.result();
        const reason = result.state === 'skipped' ? result.note : undefined;
        return { test: `${module.relativeModuleId}: ${test.fullName}`, reason: reason ?? 'its title says why' };
      }),
    );
    writeFileSync(path, JSON.stringify(skips));
  }
}
