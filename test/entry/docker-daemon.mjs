// A Docker daemon for tests: the one that runs, or one of our own for as long as the tests take.
import { mkdirSync } from 'node:fs';
import { getuid, platform } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { setUpDockerPrograms } from './set-up-programs.mjs';
import { CannotRun, CommandFailed, explain, run, step, tell } from './steps.mjs';

/** Apart from whatever a daemon of this machine keeps; images stay there between runs. */
const folder = '/var/tmp/switchover-docker';
const limitMs = 60_000;

/**
 * Does the work while a Docker daemon runs, and ends the daemon afterwards if it was started here. The work is told
 * `{}`, or `{ error }` where there is none.
 */
export async function withDocker(env, work) {
  const ending = new AbortController();
  let daemon;
  let found = {};
  try {
    if (await whyNone(env)) {
      await whereWeMayStart(env);
      daemon = startDaemon(env, ending.signal);
    }
  } catch (error) {
    tell(explain(error));
    found = { error };
  }
  try {
    const failure = await daemon?.ready;
    return await work(failure === undefined ? found : { error: failure });
  } finally {
    ending.abort();
    await daemon?.ended;
  }
}

/** Undefined when a daemon answers. */
async function whyNone(env) {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { env, limitSeconds: 20 });
    return undefined;
  } catch (error) {
    return explain(error, 1);
  }
}

async function whereWeMayStart(env) {
  if (platform !== 'linux' || getuid?.() !== 0) {
    throw new CannotRun('please start Docker; only root on Linux can start it from here');
  }
  if (env.DOCKER_HOST !== undefined) {
    throw new CannotRun(`no Docker daemon answers at DOCKER_HOST (${env.DOCKER_HOST})`);
  }
  await setUpDockerPrograms(env);
}

/** `ready`: undefined, or why it is not; `ended`: when its process has gone. Neither rejects. */
function startDaemon(env, until) {
  mkdirSync(folder, { recursive: true });
  let failure;
  const ended = run('dockerd', ['--data-root', folder], {
    env,
    limitSeconds: Infinity,
    until,
  }).catch((error) => {
    failure = error;
  });
  const answers = async () => {
    const endsAt = Date.now() + limitMs;
    for (;;) {
      const reason = await whyNone(env);
      if (reason === undefined) return;
      if (failure !== undefined || Date.now() > endsAt) throw failure ?? new Error(reason);
      await pause(200);
    }
  };
  const ready = step('dockerd', answers).then(
    () => undefined,
    (error) => {
      tell(explain(error, 20));
      const says = error instanceof CommandFailed ? explain(error, 3) : error.message;
      return new CannotRun(`dockerd does not run here: ${says}`);
    },
  );
  return { ready, ended };
}
