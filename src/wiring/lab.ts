import {
  dockerLabDown,
  dockerLabStart,
  dockerLabStatus,
  dockerLabStop,
  dockerLabUp,
  isDockerLab,
  whyNoDockerLab,
} from '../adapters/lab/docker/docker-lab.ts';
import { findServer } from '../adapters/lab/find-server.ts';
import { labStart, labStop } from '../adapters/lab/lab-instance.ts';
import { labDown, labStatus, labUp, type Lab } from '../adapters/lab/lab.ts';
import { ReplicationError } from '../core/model/replication-error.ts';
import type { Flavor } from '../core/model/instance.ts';
import { phrase } from '../core/model/phrase.ts';

/** As processes of this machine, or in containers. */
export type LabKind = 'processes' | 'docker';

export interface LabWish {
  /** Undefined: whichever is installed. */
  readonly flavor: Flavor | undefined;
  readonly replicas: number;
  /** Default: as the lab that is there, else `processes`. */
  readonly kind?: LabKind | undefined;
  /** What containers are made of; undefined or empty: an image that is here, else the official one. */
  readonly image?: string | undefined;
}

/** Practice servers on this machine, kept under one state folder. Every method throws ReplicationError. */
export interface LabControl {
  /** In which ways a lab can be made here. */
  ways(): Promise<readonly LabKind[]>;
  up(wish: LabWish, tell: (line: string) => void, signal: AbortSignal): Promise<Lab>;
  /** False when there was none. */
  down(tell: (line: string) => void): Promise<boolean>;
  status(): Promise<Lab | undefined>;
  /** By name (`db-1`, `db001`) or key. `kill`: as a crash would end it. */
  stop(instance: string, how?: 'clean' | 'kill'): Promise<void>;
  start(instance: string): Promise<void>;
}

export function createLab(stateDir: string): LabControl {
  return {
    ways,
    up: (wish, tell, signal) => up(stateDir, wish, tell, signal),
    down: async (tell) =>
      (await isDockerLab(stateDir)) ? dockerLabDown(stateDir, tell) : labDown(stateDir, tell),
    status: () => statusOf(stateDir),
    stop: async (instance, how) => {
      const { kind, name } = await find(stateDir, instance);
      await (kind === 'docker' ? dockerLabStop(name, how) : labStop(stateDir, name, how));
    },
    start: async (instance) => {
      const { kind, name } = await find(stateDir, instance);
      await (kind === 'docker' ? dockerLabStart(stateDir, name) : labStart(stateDir, name));
    },
  };
}

async function ways(): Promise<readonly LabKind[]> {
  const [server, noDocker] = await Promise.all([
    findServer(undefined).catch(() => undefined),
    whyNoDockerLab(),
  ]);
  const processes: readonly LabKind[] =
    server === undefined || process.platform === 'win32' ? [] : ['processes'];
  return noDocker === undefined ? [...processes, 'docker'] : processes;
}

async function up(
  stateDir: string,
  wish: LabWish,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<Lab> {
  const { flavor, replicas, image } = wish;
  const there = await kindThere(stateDir);
  const kind = wish.kind ?? there ?? 'processes';
  if (there !== undefined && kind !== there) throw otherKind(there);
  return kind === 'docker'
    ? dockerLabUp({ stateDir, flavor, replicas, image }, tell, signal)
    : labUp({ stateDir, flavor, replicas }, tell, signal);
}

async function kindThere(stateDir: string): Promise<LabKind | undefined> {
  if (await isDockerLab(stateDir)) return 'docker';
  return (await labStatus(stateDir)) === undefined ? undefined : 'processes';
}

async function statusOf(stateDir: string): Promise<Lab | undefined> {
  return (await labStatus(stateDir)) ?? dockerLabStatus(stateDir);
}

function otherKind(there: LabKind): ReplicationError {
  return new ReplicationError(
    'refused-by-check',
    there === 'docker'
      ? phrase('A lab on Docker is there already; take it down first: switchover lab down')
      : phrase('A lab of processes is there already; take it down first: switchover lab down'),
  );
}

async function find(
  stateDir: string,
  instance: string,
): Promise<{ readonly kind: LabKind; readonly name: string }> {
  const lab = await statusOf(stateDir);
  const found = lab?.instances.find((it) => it.name === instance || it.key === instance);
  if (lab === undefined || found === undefined) {
    throw new ReplicationError(
      'unknown-host',
      phrase('{instance} is not an instance of the lab.', { instance }),
    );
  }
  return { kind: lab.kind, name: found.name };
}
