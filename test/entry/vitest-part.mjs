// Runs one project of vitest.config.mts and counts its tests.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, root, run } from './steps.mjs';

const results = join(root, 'out/results');

/** `files`: all of the project unless told. Returns the counts; rejects, with the counts at the error, when anything failed. */
export async function runVitest(project, { env, show = false, limitSeconds = 300, files = [] }) {
  mkdirSync(results, { recursive: true });
  const file = join(results, `${project}.json`);
  rmSync(file, { force: true });
  const reporters = [show ? '--reporter=default' : '--reporter=dot', '--reporter=json'];
  const args = ['run', '--project', project, ...files, ...reporters, `--outputFile.json=${file}`];
  try {
    await run('vitest', args, { env: { ...env, NO_COLOR: '1' }, show, limitSeconds });
  } catch (error) {
    Object.assign(error, counted(file, false));
    throw error;
  }
  const counts = counted(file, true);
  if (counts.passed === 0) {
    throw new CommandFailed(`vitest --project ${project}`, 'no test at all', '');
  }
  return counts;
}

/** A file that could not even be loaded counts as one failed test. */
function counted(file, success) {
  if (!existsSync(file)) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const unloadable = testResults.filter(
    (it) => it.status === 'failed' && it.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + unloadable;
  return {
    passed: numPassedTests,
    failed: success ? failed : Math.max(failed, 1),
    skipped: numPendingTests,
  };
}
