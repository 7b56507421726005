// Runs the tests inside the extension host of a real workbench, and counts them.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './steps.mjs';

const results = join(root, 'out/results/inhost.json');

/** Returns the counts; rejects, with the counts at the error, when anything failed. */
export async function runInHost(vsix, env) {
  rmSync(results, { force: true });
  try {
    await run('node', ['test/inhost/run.ts', vsix], { env, show: true, limitSeconds: 600 });
  } catch (error) {
    const counts = counted();
    Object.assign(error, counts, { failed: Math.max(counts.failed, 1) });
    throw error;
  }
  return counted();
}

function counted() {
  const tests = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : [];
  const passed = tests.filter(({ error }) => error === null).length;
  return { passed, failed: tests.length - passed, skipped: 0 };
}
