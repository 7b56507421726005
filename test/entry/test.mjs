// npm test
import { env as environment } from 'node:process';
import { checkAll } from './check-parts.mjs';
import { withDocker } from './docker-daemon.mjs';
import { forgetFaults, printFaults } from './fault-table.mjs';
import { packageExtension } from './package-extension.mjs';
import { runInHost } from './in-host-part.mjs';
import {
  setUpBrowser,
  setUpFakedClock,
  setUpNetworkTools,
  setUpPodman,
  setUpRegistry,
  setUpRootlessDocker,
  setUpServer,
  setUpSsh,
} from './set-up-programs.mjs';
import { setUpTools, setUpWorkbench } from './set-up.mjs';
import { CannotRun, explain, main, step, tell } from './steps.mjs';
import { runVitest } from './vitest-part.mjs';

await main(async () => {
  tell('Set-up');
  const env = await setUpTools();
  return withDocker(env, (docker) => testAll(env, docker));
});

/** `docker`: that a daemon runs, or why none does. */
async function testAll(env, docker) {
  const server = await attempt(() => setUpServer(env));
  const network = await attempt(() => setUpNetworkTools(env));
  await attempt(() => setUpSsh(env));
  await attempt(() => setUpRegistry(env));
  await attempt(() => setUpPodman(env));
  await attempt(() => setUpRootlessDocker(env));
  await attempt(() => setUpFakedClock(env));
  const screen = await attempt(async () => {
    await setUpBrowser(env);
    await setUpWorkbench(env);
  });

  tell('\nCheck');
  const results = await checkAll(env);
  const vsix = await attempt(() => packageExtension(env));
  const real = (project, limitMinutes) =>
    runVitest(project, { env, show: true, limitSeconds: limitMinutes * 60 });

  results.push(
    await part('real servers', [server], () => real('integration', 20)),
    await part('Docker', [server, docker], () => real('docker', 8)),
    await part('faults, each once', [server, network], () => playFaults(() => real('faults', 40))),
    await part('inside the extension host', [screen, vsix], () => runInHost(vsix.value, env)),
    await part('webview in Chromium', [screen, vsix], () => real('webview', 5)),
    await part('workbench end to end', [server, screen, vsix], () => real('workbench', 15)),
    await part('tutorial, in containers', [docker, screen, vsix], () => real('tutorial', 8)),
  );
  return summary(results);
}

/** The table tells of every fault, also of those that went wrong. */
async function playFaults(play) {
  forgetFaults();
  try {
    return await play();
  } finally {
    printFaults();
  }
}

/** What a part needs, or why it is not there. */
async function attempt(work) {
  try {
    return { value: await work() };
  } catch (error) {
    tell(explain(error));
    return { error };
  }
}

async function part(name, needs, work) {
  tell(`\n${name}`);
  const nothing = { name, passed: 0, failed: 0, skipped: 0 };
  try {
    for (const { error } of needs) {
      if (error !== undefined) {
        throw error;
      }
    }
    return { ...nothing, ...(await step(name, work)) };
  } catch (error) {
    if (error instanceof CannotRun) {
      tell(`CANNOT RUN: ${name}: ${error.message}`);
      return { ...nothing, cannotRun: error.message };
    }
    tell(explain(error));
    return {
      ...nothing,
      passed: error.passed ?? 0,
      failed: error.failed ?? 1,
      skipped: error.skipped ?? 0,
    };
  }
}

/** In CI, what could not run has failed. Returns the exit code. */
function summary(results) {
  const isCi = ![undefined, '', '0', 'false'].includes(environment.CI);
  tell('');
  for (const { name, passed, failed, skipped, cannotRun } of results) {
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} SKIPPED` : ''}`;
    tell(`  ${name.padEnd(28)} ${cannotRun === undefined ? counts : `CANNOT RUN: ${cannotRun}`}`);
  }
  const sum = (of) => results.reduce((total, it) => total + of(it), 0);
  const notRun = isCi ? sum((it) => (it.cannotRun === undefined ? it.skipped : 1)) : 0;
  const failed = sum((it) => it.failed) + notRun;
  tell(`\n${sum((it) => it.passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
