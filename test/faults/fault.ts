import type { TestServer } from '../servers/distributions.ts';
import type { WatchedWish } from '../support/watched-cluster.ts';
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
