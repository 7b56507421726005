import type Docker from 'dockerode';
import { rm } from 'node:fs/promises';
import { phrase } from '../../../core/model/phrase.ts';
import { ReplicationError } from '../../../core/model/replication-error.ts';
import type { OpenDocker } from '../../docker/open-docker.ts';
import { openDocker } from '../../docker/open-docker.ts';
import { labFolder } from '../lab-folder.ts';
import type { Lab } from '../lab.ts';
import { loginsOf, readAccounts } from '../lab-secrets.ts';
import { settingsFileOf } from '../lab-settings.ts';
import { openLoneMaster } from '../lone-master.ts';
import {
  dockerMakerLives,
  markOf,
  readDockerRecord,
  type DockerMember,
  type DockerRecord,
} from './docker-record.ts';
import {
  containerNow,
  removeLabContainers,
  startContainer,
  stopContainer,
} from './lab-containers.ts';
import { makeDockerLab, untilServing, type DockerLabWish } from './make-docker-lab.ts';
import { innerPort } from './server-words.ts';

type Tell = (line: string) => void;

const startDeadlineMs = 60_000;

/** Whether the lab that is there, or half there, is one on Docker. */
export async function isDockerLab(stateDir: string): Promise<boolean> {
  return (await readDockerRecord(await labFolder(stateDir))) !== undefined;
}

/** Why no lab can be made on Docker; undefined when one can. */
export async function whyNoDockerLab(): Promise<ReplicationError | undefined> {
  return engine().then(
    () => undefined,
    (error: unknown) => (error instanceof ReplicationError ? error : undefined),
  );
}

/** Makes the lab, or starts what is stopped of the one that is there. Throws ReplicationError; nothing half made is left. */
export async function dockerLabUp(
  wish: DockerLabWish,
  tell: Tell,
  signal: AbortSignal,
): Promise<Lab> {
  try {
    const docker = await engine();
    await clearHalfMade(docker, wish.stateDir);
    const folder = await labFolder(wish.stateDir);
    const record = await readDockerRecord(folder);
    if (record === undefined) await makeDockerLab(docker, wish, { tell, signal });
    else await bringBack({ docker, folder, record }, wish, signal);
    const lab = await dockerLabStatus(wish.stateDir);
    if (lab !== undefined) return lab;
    throw new ReplicationError('cancelled', phrase('The lab was taken down while it came up.'));
  } catch (error) {
    throw troubleOf(error, signal);
  }
}

/** Removes every container, volume and network of the lab, and its folder. False when there was none. */
export async function dockerLabDown(stateDir: string, tell: Tell): Promise<boolean> {
  const docker = await engine();
  const folder = await labFolder(stateDir);
  const record = await readDockerRecord(folder);
  if (record?.state === 'making' && (await dockerMakerLives(record))) throw beingMade(record);
  const removed = await clearAll(docker, folder);
  if (removed > 0) tell(`The lab is gone: ${String(removed)} containers and networks removed.`);
  return record !== undefined || removed > 0;
}

/** Undefined when there is no lab on Docker. Where Docker cannot be asked, every instance counts as stopped. */
export async function dockerLabStatus(stateDir: string): Promise<Lab | undefined> {
  const folder = await labFolder(stateDir);
  const record = await readDockerRecord(folder);
  if (record?.state !== 'ready') return undefined;
  const docker = await engine().catch(() => undefined);
  const instances = record.members.map(async (it) => ({
    name: it.name,
    key: keyOf(it),
    port: it.port,
    pid: (docker && (await containerNow(docker, it.name).catch(() => undefined)))?.pid ?? null,
    folder,
  }));
  return {
    flavor: record.flavor,
    kind: 'docker',
    version: record.version,
    folder,
    instances: await Promise.all(instances),
    ...loginsOf(folder),
    settingsFile: settingsFileOf(folder),
  };
}

/** Ends one instance: cleanly, or as in a crash. `name`: of its container. */
export async function dockerLabStop(name: string, how: 'clean' | 'kill' = 'clean'): Promise<void> {
  await stopContainer(await engine(), name, how);
}

/** Starts one instance and waits until it answers. Read-only, unless it is the master that nobody replaced. */
export async function dockerLabStart(stateDir: string, name: string): Promise<void> {
  const folder = await labFolder(stateDir);
  const record = await readDockerRecord(folder);
  if (record === undefined) return;
  const members = record.members.filter((it) => it.name === name);
  const docker = await engine();
  await startMembers({ docker, folder, record }, members, new AbortController().signal);
}

interface DockerLab {
  readonly docker: Docker;
  readonly folder: string;
  readonly record: DockerRecord;
}

async function startMembers(
  { docker, folder, record }: DockerLab,
  members: readonly DockerMember[],
  signal: AbortSignal,
): Promise<void> {
  const accounts = await readAccounts(folder);
  await Promise.all(
    members.map(async (it) => {
      await startContainer(docker, it.name);
      await untilServing(docker, it, accounts, { deadlineMs: startDeadlineMs, signal });
    }),
  );
  const states = await Promise.all(record.members.map((it) => containerNow(docker, it.name)));
  if (states.every((it) => it?.runs === true)) {
    const all = record.members.map((it) => ({ port: it.port, key: keyOf(it) }));
    await openLoneMaster(record, all, accounts);
  }
}

async function bringBack(lab: DockerLab, wish: DockerLabWish, signal: AbortSignal): Promise<void> {
  const { record } = lab;
  if (record.state === 'making') throw beingMade(record);
  const there = record.members.length - 1;
  if ((wish.flavor ?? record.flavor) !== record.flavor || wish.replicas !== there) {
    throw new ReplicationError(
      'refused-by-check',
      phrase(
        'A {flavor} lab with {count} replicas is there already; take it down first: switchover lab down',
        {
          flavor: record.flavor,
          count: there,
        },
      ),
    );
  }
  await startMembers(lab, record.members, signal);
}

/** What a crash left: of a lab that was never finished, or whose folder somebody removed. */
async function clearHalfMade(docker: Docker, stateDir: string): Promise<void> {
  const folder = await labFolder(stateDir);
  const record = await readDockerRecord(folder);
  const isLeft = record === undefined || record.state === 'making';
  if (isLeft && !(record !== undefined && (await dockerMakerLives(record)))) {
    await removeLabContainers(docker, markOf(folder));
    if (record !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** The folder goes last: until then it can be done again. */
async function clearAll(docker: Docker, folder: string): Promise<number> {
  const removed = await removeLabContainers(docker, markOf(folder));
  if ((await readDockerRecord(folder)) !== undefined) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return removed;
}

/** Docker on this machine. Throws ReplicationError where there is none. */
async function engine(): Promise<Docker> {
  const opened = await openDocker();
  if (opened.kind === 'closed') throw new ReplicationError('refused-by-check', opened.problem);
  if (!isHere(opened)) {
    throw new ReplicationError(
      'refused-by-check',
      phrase('A lab needs Docker on this machine; {endpoint} is another.', {
        endpoint: opened.found.spelled,
      }),
    );
  }
  return opened.docker;
}

function isHere({ found: { endpoint } }: OpenDocker): boolean {
  return endpoint.kind === 'socket' || ['localhost', '127.0.0.1', '::1'].includes(endpoint.host);
}

function keyOf({ name }: DockerMember): string {
  return `${name}:${String(innerPort)}`;
}

function beingMade({ maker }: DockerRecord): ReplicationError {
  return new ReplicationError(
    'refused-by-check',
    phrase('Another process (pid {pid}) is just making the lab; try again when it has ended.', {
      pid: String(maker.pid),
    }),
  );
}

function troubleOf(error: unknown, signal: AbortSignal): ReplicationError {
  if (signal.aborted) {
    return new ReplicationError(
      'cancelled',
      phrase('Making the lab was cancelled; nothing is left of it.'),
    );
  }
  return error instanceof ReplicationError
    ? error
    : new ReplicationError('statement-failed', `The lab cannot be made: ${String(error)}`, {
        cause: error,
      });
}
