import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';
import type { Check, Effects, PlanKind } from './plan.ts';

export type RecoveryState =
  'running' | 'succeeded' | 'partial' | 'undone' | 'failed' | 'interrupted';

/** What became of one step. Times: milliseconds since the epoch. */
export interface StepRecord {
  readonly id: string;
  readonly on: InstanceKey;
  readonly says: Phrase;
  /** As shown in the plan: secrets starred. */
  readonly sql: readonly string[];
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'undone';
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** What the step found or why it failed; one sentence. */
  readonly note: Phrase | null;
}

/** One performed plan, from its first step to its end, as the journal keeps it. */
export interface Recovery {
  /** Sorts by time: made of the start's time and random letters. */
  readonly id: string;
  readonly cluster: string;
  readonly kind: PlanKind;
  /** The instance it was about: the new master, or the one that rejoined. */
  readonly subject: InstanceKey;
  readonly headline: Phrase;
  /** `user` or the code of the finding that an automatic recovery answered. */
  readonly trigger: string;
  /** `user@host (pid)` of the process that acted. */
  readonly actor: string;
  readonly oldMaster: InstanceKey | null;
  readonly newMaster: InstanceKey;
  readonly state: RecoveryState;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly checks: readonly Check[];
  readonly effects: Effects;
  readonly steps: readonly StepRecord[];
  /** One sentence each. */
  readonly problems: readonly Phrase[];
  /** How long neither master took writes; null when nobody measured. */
  readonly writeStopMs: number | null;
  /** When the new master began to be opened; null before. Whether it is open, only its own answer tells. */
  readonly openedAt: number | null;
  /** Where the masters stood at the hand-over, for a later rejoin by file and position. */
  readonly handover: Handover | null;
  readonly acknowledgement: {
    readonly at: number;
    readonly by: string;
    readonly comment: string;
  } | null;
}

/** Its plan replaces a master, whoever asked for it. */
export function isPromotion({ kind }: Pick<Recovery, 'kind'>): boolean {
  return kind === 'failover' || kind === 'switchover';
}

/** A master is being replaced without a person, and no new one was opened yet: switching automatic failover off takes it back. */
export function endsWhenDisarmed(recovery: Recovery): boolean {
  const { trigger, state, openedAt } = recovery;
  return isPromotion(recovery) && trigger !== 'user' && state === 'running' && openedAt === null;
}

/** The same moment in two binary logs: all of `oldMaster` up to `oldAt` is what `newMaster` holds at `newAt`. */
export interface Handover {
  readonly oldMaster: InstanceKey;
  readonly oldAt: { readonly file: string; readonly offset: number };
  readonly newMaster: InstanceKey;
  readonly newAt: { readonly file: string; readonly offset: number };
}
