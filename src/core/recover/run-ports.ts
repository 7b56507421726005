import type { InstanceKey, Server } from '../model/instance.ts';
import type { Phrase } from '../model/phrase.ts';
import type { Expectation } from '../model/plan.ts';
import type { Recovery } from '../model/recovery.ts';
import type { Clock, Commander, ProgramRunner } from '../ports.ts';

/** What the executor needs of the world. */
export interface RunPorts {
  readonly commander: Commander;
  readonly clock: Clock;
  /** Whether this process may go on: asked before every step, and what ends a step that waits. */
  readonly control: {
    lost(): Promise<Phrase | null>;
    readonly signal: AbortSignal;
  };
  addressOf(key: InstanceKey): string;
  /** The instance as last seen, for its dialect. */
  serverOf(key: InstanceKey): Server | undefined;
  /** Looks at the whole cluster; says why the expectation does not hold, or null when it does. */
  lookAgain(expect: Expectation, signal: AbortSignal): Promise<Phrase | null>;
  /** Ends when the master is lost and a recovery must not stand behind what this plan waits for. */
  readonly masterLost: AbortSignal;
  /** Proxies in front of the cluster; both do nothing where there are none, and throw ReplicationError where one fails. */
  readonly traffic: {
    hold(deadlineMs: number): Promise<void>;
    /** Leads applications to this instance. */
    pointAt(key: InstanceKey, deadlineMs: number): Promise<void>;
  };
  readonly programs: ProgramRunner;
  /** Whether a person began a downtime for it or for the whole cluster. */
  isDowntimed(key: InstanceKey): boolean;
  /** Keeps the record as it stands; called before each step begins and after it ends. */
  tell(recovery: Recovery): void;
}
