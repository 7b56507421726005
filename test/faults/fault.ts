import type { TestServer } from '../servers/distributions.ts';
import type { WatchedWish } from '../support/harness/watched-cluster.ts';
import type { Scene } from './scene.ts';

/** What must become of it; `refuse`: the master stays, and the reason is told. */
export type Expected =
  'fail-over' | 'refuse' | 'switch-over' | 'refuse, then fail-over' | 'carry on';

/** One fault: how the cluster is raised, and what is done to it. `play` throws when the engine does anything else. */
export interface Fault {
  readonly id: string;
  readonly says: string;
  readonly expected: Expected;
  readonly wish?: Partial<Omit<WatchedWish, 'server' | 'program'>>;
  /** Servers that this fault is not about, and why. */
  readonly notOn?: Partial<Readonly<Record<TestServer, string>>>;
  /** Needs packets to be dropped, which only root can do on Linux. */
  readonly dropsPackets?: boolean;
  /** Needs a file system of its own, which only root can mount on Linux. */
  readonly needsDisk?: boolean;
  /** Acknowledged rows may be missing where the recovery's report says so. */
  readonly mayLose?: boolean;
  /** The master waits for its replicas: not even the rows of its last moment may be missing. */
  readonly keepsAll?: boolean;
  /** How long a former master that came back may take writes of its own before it is closed; 0 unless told. */
  readonly exposedMs?: number;
  /** Before the monitor starts. */
  readonly prepare?: (scene: Scene) => Promise<void>;
  readonly play: (scene: Scene) => Promise<void>;
}

/** A fault that nobody can play here. */
export interface NotPlayed {
  readonly id: string;
  readonly says: string;
  readonly because: string;
}

/** What four writers may have been told in the moment in which their master dies, and no replica got any more. */
const rowsOfTheLastMoment = 8;

/**
 * How many acknowledged rows may be missing in the end, where the recovery's report tells of them. A master that does
 * not wait for its replicas takes its last moment with it; nothing else may be lost unless the fault is about that.
 */
export function mostMissing({ expected, mayLose, keepsAll }: Fault): number {
  if (mayLose === true) {
    return Number.POSITIVE_INFINITY;
  }
  return expected.includes('fail-over') && keepsAll !== true ? rowsOfTheLastMoment : 0;
}
