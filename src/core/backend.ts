import type { Container } from './model/container.ts';
import type { CheckReport } from './model/doctor.ts';
import type { Finding } from './model/finding.ts';
import type { HeldLock } from './model/lock-answer.ts';
import type { Phrase } from './model/phrase.ts';
import type { InstanceKey } from './model/instance.ts';
import type { Decision, Plan, PossibleSource, Wish } from './model/plan.ts';
import type { Recovery } from './model/recovery.ts';
import type { Controller, Detection, Disarming, Downtime } from './model/watch.ts';
import type { ProxyPicture } from './ports.ts';
import type { Topology } from './model/topology.ts';

/** One round's picture, complete: views draw it and forget the one before. */
export interface ClusterState {
  readonly topology: Topology;
  /** Gravest first. */
  readonly findings: readonly Finding[];
  /** The plan that runs now, step by step; null when none does. */
  readonly running: Recovery | null;
  /** The newest first. */
  readonly recoveries: readonly Recovery[];
  /** By instance, those that run in a container; absent where none is known. */
  readonly containers?: ReadonlyMap<InstanceKey, Container>;
  /** What else a person should know of the ways to the servers; one sentence each. */
  readonly notes?: readonly Phrase[];
  /** Who keeps the watch, and what it may do; undefined where nobody was asked to. */
  readonly watch?: WatchState;
}

export interface WatchState {
  readonly controller: Controller | null;
  /** The filters name this cluster and nobody disarmed it. */
  readonly armed: boolean;
  readonly disarmed: Disarming | undefined;
  readonly downtimes: readonly Downtime[];
  /** What holds off the next automatic recovery: one that nobody acknowledged, at most until then (milliseconds since the epoch). */
  readonly blocking: { readonly by: Recovery; readonly until: number } | undefined;
  readonly proxies: readonly ProxyPicture[];
  /** What was found and decided, newest first. */
  readonly detections: readonly Detection[];
}

/** One cluster as the doors see it, whichever engine is behind it. */
export interface ClusterBackend {
  readonly cluster: string;
  /** Undefined before the first round has ended. */
  current(): ClusterState | undefined;
  /** Tells every new state: after each round and after each step. Returns how to stop listening. */
  onState(listener: (state: ClusterState) => void): () => void;
  /** Looks now, without waiting for the next round. */
  refresh(signal: AbortSignal): Promise<ClusterState>;
  /** Looks now and says what would be done, or why not. Changes nothing. */
  plan(wish: Wish, signal: AbortSignal): Promise<Decision>;
  /** Looks now and judges every other instance as the source of this one, the possible ones first. Changes nothing. */
  sources(instance: InstanceKey, signal: AbortSignal): Promise<readonly PossibleSource[]>;
  /** Looks now, and asks every instance that answers which session holds its recovery lock. Changes nothing. */
  locks(signal: AbortSignal): Promise<readonly HeldLock[]>;
  /** Looks now, and asks what rounds do not: all that would break or slow a recovery. Changes nothing. */
  checkUp(signal: AbortSignal): Promise<CheckReport>;
  /**
   * Performs a plan under the cluster's lease, after looking again.
   * Aborting the signal cancels it before the point of no return (and undoes what was done); later it is ignored.
   */
  run(plan: Plan, signal: AbortSignal): Promise<RunResult>;
  /**
   * Looks again every `pollMs`, and at once when a connection ends, until the signal ends. `automatic`: also claims the
   * watch over the cluster, serves its embedded proxies and recovers it without a person, as far as the settings allow.
   */
  watch(signal: AbortSignal, automatic?: boolean): Promise<void>;
  close(): void;
}

export type RunResult =
  | { readonly kind: 'ran'; readonly recovery: Recovery }
  | {
      readonly kind: 'refused';
      readonly because: readonly Phrase[];
      readonly instead: readonly Phrase[];
      /** A session that may be another Switchover holds a lock that the plan needs. */
      readonly lockHeld?: true;
    };
