/**
 * The entry of the bundle. Node keeps the compiled code of the modules that are loaded after `enableCompileCache`, which
 * about halves the second start; where it cannot (a read-only folder) it goes on without.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// The old generation is looked through when it has grown by a quarter: memory freed by ended streams goes back sooner.
setFlagsFromString('--heap-growing-percent=25');

enableCompileCache(join(import.meta.dirname, '.compile-cache'));
await import('../main/headless/index.ts');
