import { labStart, labStop } from './adapters/lab/lab-instance.ts';
import { labDown, labStatus, labUp, type Lab } from './adapters/lab/lab.ts';
import { ReplicationError } from './core/model/replication-error.ts';
import type { Flavor } from './core/model/instance.ts';

export interface LabWish {
  /** Undefined: whichever is installed. */
  readonly flavor: Flavor | undefined;
  readonly replicas: number;
  /** Default `processes`. */
  readonly kind?: 'processes' | 'docker' | undefined;
}

/** Practice servers on this machine, kept under one state folder. Every method throws ReplicationError. */
export interface LabDoor {
  up(wish: LabWish, tell: (line: string) => void, signal: AbortSignal): Promise<Lab>;
  /** False when there was none. */
  down(tell: (line: string) => void): Promise<boolean>;
  status(): Promise<Lab | undefined>;
  /** By name (`db-1`) or key. `kill`: as a crash would end it. */
  stop(instance: string, how?: 'clean' | 'kill'): Promise<void>;
  start(instance: string): Promise<void>;
}

export function composeLab(stateDir: string): LabDoor {
  return {
    up: (wish, tell, signal) => labUp({ stateDir, ...wish }, tell, signal),
    down: (tell) => labDown(stateDir, tell),
    status: () => labStatus(stateDir),
    stop: async (instance, how) => {
      await labStop(stateDir, await nameOf(stateDir, instance), how);
    },
    start: async (instance) => {
      await labStart(stateDir, await nameOf(stateDir, instance));
    },
  };
}

async function nameOf(stateDir: string, instance: string): Promise<string> {
  const lab = await labStatus(stateDir);
  const found = lab?.instances.find((it) => it.name === instance || it.key === instance);
  if (found === undefined) {
    throw new ReplicationError('unknown-host', `${instance} is not an instance of the lab.`);
  }
  return found.name;
}
