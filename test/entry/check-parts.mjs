// The parts of `npm run check`: everything that needs no server, no editor and no browser.
import { explain, run, step, tell } from './steps.mjs';
import { runVitest } from './vitest-part.mjs';

const parts = [
  { name: 'unit tests, layers', work: (env) => runVitest('unit', { env }) },
  { name: 'types', work: (env) => once('tsc', ['-p', 'tsconfig.json'], env) },
  { name: 'lint', work: (env) => once('oxlint', [], env) },
  { name: 'unused code', work: (env) => once('knip', ['--no-progress'], env) },
  {
    name: 'types of the webview',
    work: (env) => once('tsc', ['-p', 'webview/tsconfig.json'], env),
  },
  { name: 'format', work: (env) => once('prettier', ['--check', '--log-level', 'warn', '.'], env) },
];

/** How many parts run side by side: each of them keeps about one core busy. */
const atOnce = 2;

/** Runs all parts, tells what failed, and returns the tests and parts that passed and failed. */
export async function checkAll(env) {
  const waiting = [...parts];
  const results = [];
  const workThrough = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      results.push(await runPart(part, env));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workThrough));
  return results;
}

async function runPart({ name, work }, env) {
  try {
    return { name, ...(await step(name, () => work(env))) };
  } catch (error) {
    tell(explain(error));
    return { name, passed: error.passed ?? 0, failed: error.failed ?? 1, skipped: 0 };
  }
}

async function once(command, args, env) {
  await run(command, args, { env, limitSeconds: 300 });
  return { passed: 1, failed: 0, skipped: 0 };
}
