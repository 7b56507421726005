import type { Container } from '../../core/model/container.ts';
import { phrase, plain } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { ContainerFinder } from './container-finder.ts';
import { troubleOf } from './docker-trouble.ts';
import { refusalOf, saysItIsGone } from './engine-refusal.ts';
import { bounded, type OpenDocker } from './open-docker.ts';

export type ContainerAction = 'start' | 'stop' | 'restart' | 'pause' | 'unpause';

/** A program with a terminal of its own. */
export interface ContainerShell {
  readonly program: string;
  readonly words: readonly string[];
  /** What the program needs to find the engine. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * How long a server may take to end by itself, in seconds: a MySQL source with live replicas needs ten, which is when
 * Docker would kill it.
 */
const stopSeconds = 30;
/** How long an engine may take for anything else, and how much longer for that, in milliseconds. */
export const answerMs = 15_000;
const afterStopMs = 10_000;
/** Docker says so when there is nothing to do. */
const nothingToDo = 304;

/** Does it, and waits until it is done, or until `signal` says that nobody waits any more. Throws ReplicationError. */
export async function actOnContainer(
  finder: Pick<ContainerFinder, 'containers' | 'engine'>,
  { id, name }: Container,
  action: ContainerAction,
  signal?: AbortSignal,
): Promise<void> {
  const engine = engineOf(finder);
  const container = engine.docker.getContainer(id);
  const acts: Record<ContainerAction, (abortSignal: AbortSignal) => Promise<unknown>> = {
    start: (abortSignal) => container.start({ abortSignal }),
    stop: (abortSignal) => container.stop({ t: stopSeconds, abortSignal }),
    restart: (abortSignal) => container.restart({ t: stopSeconds, abortSignal }),
    pause: (abortSignal) => container.pause({ abortSignal }),
    unpause: (abortSignal) => container.unpause({ abortSignal }),
  };
  const stops = action === 'stop' || action === 'restart';
  const ms = stops ? stopSeconds * 1000 + afterStopMs : answerMs;
  try {
    await bounded(engine.found, ms, acts[action], signal);
  } catch (error) {
    if (refusalOf(error)?.status !== nothingToDo) {
      throw failureOf(error, engine, name);
    }
  }
}

/** A shell inside a container, through the command of its engine. Throws ReplicationError. */
export function shellInContainer(
  finder: Pick<ContainerFinder, 'containers' | 'engine'>,
  { name }: Container,
): ContainerShell {
  const { found } = engineOf(finder);
  const isPodman = found.spelled.includes('podman.sock');
  const shell = 'command -v bash >/dev/null 2>&1 && exec bash || exec sh';
  return {
    program: isPodman ? 'podman' : 'docker',
    words: ['exec', '-it', name, 'sh', '-c', shell],
    environment: {
      [isPodman ? 'CONTAINER_HOST' : 'DOCKER_HOST']: found.spelled,
      ...(found.certificates === null
        ? {}
        : { DOCKER_CERT_PATH: found.certificates, DOCKER_TLS_VERIFY: '1' }),
    },
  };
}

/** The engine that was found. Throws ReplicationError. */
export function engineOf({
  engine,
  containers,
}: Pick<ContainerFinder, 'containers' | 'engine'>): OpenDocker {
  if (engine === undefined) {
    const says = containers.problem ?? phrase('Docker was not looked at yet.');
    throw new ReplicationError('not-asked', says);
  }
  return engine;
}

/** What an engine refused for a container, as our error. */
export function failureOf(error: unknown, { found }: OpenDocker, name: string): ReplicationError {
  const refusal = refusalOf(error);
  if (refusal === undefined) {
    return new ReplicationError('not-asked', troubleOf(error, found), { cause: error });
  }
  const says = saysItIsGone(refusal)
    ? phrase('The container {name} is gone.', { name })
    : phrase('Docker refuses for the container {name}: {says}', {
        name,
        says: plain(refusal.says),
      });
  return new ReplicationError('statement-failed', says, { cause: error });
}
