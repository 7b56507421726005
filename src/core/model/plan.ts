import type { DatabaseUser } from './database-user.ts';
import type { FilePosition, InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';
import type { ReplicationAccount, Setting, SourceOptions } from './setting.ts';
import type { ScheduledEvent } from './scheduled-events.ts';

/** What a person may ask for. */
export type Wish =
  | { readonly kind: 'promote'; readonly instance: InstanceKey; readonly acceptLoss: boolean }
  | { readonly kind: 'rejoin'; readonly instance: InstanceKey }
  | { readonly kind: 'relocate'; readonly instance: InstanceKey; readonly below: InstanceKey }
  /** `instance`: the master. `anew`: one that exists gets its password and rights again. */
  | {
      readonly kind: 'create-user';
      readonly instance: InstanceKey;
      readonly user: DatabaseUser;
      readonly anew: boolean;
    }
  /** `item`: what the doctor found there, by its code. */
  | { readonly kind: 'fix'; readonly instance: InstanceKey; readonly item: string }
  /** `session`: its id on that server, where it holds the recovery lock. */
  | { readonly kind: 'end-session'; readonly instance: InstanceKey; readonly session: number };

/**
 * `fence`: a former master that came back writable is closed. `restore`: what a plan left behind that was cut short is
 * taken back. `relocate`: replicas get another source; its `newMaster` is that source. `repair`: receivers that were
 * stopped read from their source again. `detach`: a replica that a promotion left behind stops reading. `create-user`: an
 * account of ours is made; its `newMaster` is where. `fix`: what the doctor found is mended; its `newMaster` is the
 * master. `end-session`: a session of another account that holds the recovery lock is ended.
 */
export type PlanKind =
  | 'switchover'
  | 'failover'
  | 'rejoin'
  | 'relocate'
  | 'fence'
  | 'restore'
  | 'repair'
  | 'detach'
  | 'create-user'
  | 'fix'
  | 'end-session';

/** Done beside a promotion: they neither end nor replace what was begun. */
export const asides: ReadonlySet<PlanKind> = new Set<PlanKind>([
  'fence',
  'repair',
  'detach',
  'create-user',
  'fix',
  'end-session',
]);

/** How a replica finds its place in the new source's binary log. */
export type Place =
  /** By GTID: the source works it out. `adopt`: a former master first declares its own binary log as its place (MariaDB). */
  | { readonly by: 'gtid'; readonly adopt: boolean }
  /** Exact coordinates known when the plan is made. */
  | { readonly by: 'file'; readonly at: FilePosition }
  /** Exact coordinates that the step named `mark` records on the new source while the plan runs. */
  | { readonly by: 'mark'; readonly mark: string };

/**
 * `executed`: all transactions it has, by GTID. `own-binlog`: the end of its own binary log.
 * `applied`: up to where it applied its source's binary log.
 */
export type MarkedPosition = 'executed' | 'own-binlog' | 'applied';

/** One action on one instance. Data only: the dialect spells it, the commander performs it. */
export type Action =
  | { readonly do: 'set-read-only' }
  | { readonly do: 'set-writable' }
  /** Fails where something else keeps applications from writing: variables, or a lock on the whole server. `before`: the lock only. */
  | { readonly do: 'verify-open'; readonly before: boolean }
  /** Writes one row of our own, where the settings allow it, and fails where the server does not take it. */
  | { readonly do: 'verify-write'; readonly cluster: string }
  /** Fails where a client has been writing in one statement for so long that closing would have to wait for it or end it. */
  | { readonly do: 'verify-closable' }
  /** Ends client sessions that could still write; never replication, system or our own sessions. */
  /** `first`: before it is closed, so that no commit that waits holds the closing up; whom we may not end is left then. */
  /** `could-write`: on a closed server, without idle sessions that cannot write; `the-rest`: nothing waits for their end. */
  | {
      readonly do: 'end-writers';
      readonly first: boolean;
      readonly whom: 'all' | 'could-write' | 'the-rest';
    }
  /** Reads how far the instance is and keeps it under a name for later steps. */
  | { readonly do: 'mark-position'; readonly mark: string; readonly reads: MarkedPosition }
  /** Waits until everything that the mark holds is executed here. */
  | { readonly do: 'wait-for-mark'; readonly mark: string; readonly of: InstanceKey }
  /** Fails when the instance is no longer exactly where the mark was taken. */
  | { readonly do: 'check-unmoved'; readonly mark: string; readonly reads: MarkedPosition }
  /** Waits until everything received is applied. */
  | { readonly do: 'wait-until-applied' }
  | { readonly do: 'start-applier' }
  | { readonly do: 'stop-receiver' }
  | { readonly do: 'start-receiver' }
  | { readonly do: 'stop-replication' }
  /** How long its applier waits with what it received; what it received stays. */
  | { readonly do: 'set-delay'; readonly seconds: number }
  | { readonly do: 'start-replication' }
  /** Forgets the source entirely. */
  | { readonly do: 'forget-source' }
  | {
      readonly do: 'point-at';
      readonly source: InstanceKey;
      readonly host: string;
      readonly port: number;
      readonly place: Place;
      /** true: with the replication user and password of the settings; false: the instance keeps those it has. */
      readonly withCredentials: boolean;
      readonly tls: boolean;
      readonly connectRetrySeconds: number;
    }
  /** Waits until receiver and applier both run, from this source. */
  | { readonly do: 'verify-replicating'; readonly source: InstanceKey }
  /**
   * Whether its commits wait for a replica, and whether it acknowledges. Never taken from a source whose waiting sessions
   * still live: that would acknowledge commits that nobody has.
   */
  | { readonly do: 'set-semi-sync'; readonly source: boolean; readonly replica: boolean }
  /** Whether scheduled events run at all. Events that run at this moment go on. */
  | { readonly do: 'switch-event-scheduler'; readonly on: boolean }
  /** These events run here from now on, and nothing else about them changes; all who replicate from here note that. */
  | { readonly do: 'enable-events'; readonly events: readonly ScheduledEvent[] }
  /**
   * Makes an account with the rights of its task, or gives one that exists its password and rights anew. `alone`: outside
   * the binary log. The password is handed to whoever performs it.
   */
  | {
      readonly do: 'create-user';
      readonly user: DatabaseUser;
      readonly how: 'create' | 'alter';
      readonly alone: boolean;
    }
  /** Waits until the account and its rights are there, and logs in with it. */
  | { readonly do: 'verify-user'; readonly user: DatabaseUser }
  /** `keep`: also after the next start, where the server can keep it by itself. */
  | ({ readonly do: 'set-variable'; readonly keep: boolean } & Setting)
  /** For a stopped replica: what it keeps about the way to its source; the source stays. */
  | ({ readonly do: 'change-source-options' } & SourceOptions)
  /** The replication user of the settings, with its right and its password. */
  | ({ readonly do: 'make-account' } & ReplicationAccount)
  /** Ends this session where it still holds the recovery lock; fails where another does. */
  | { readonly do: 'end-session'; readonly session: number; readonly user: string }
  /** Proxies let new connections wait, and cut those that lead to the old master. */
  | { readonly do: 'hold-traffic' }
  /** Proxies lead to this instance. */
  | { readonly do: 'lead-traffic' }
  /**
   * Runs a program of the settings on this machine. `program`: as written, with placeholders; `values`: what the plan
   * knows for them. The rest is filled while the plan runs.
   */
  | {
      readonly do: 'run-program';
      readonly program: readonly string[];
      readonly values: Readonly<Record<string, string>>;
    }
  /** Looks at the whole cluster again and fails unless what the plan expects is still so. */
  | { readonly do: 'look-again'; readonly expect: Expectation };

/** What we look at, lead or run ourselves; the rest is said to the instance. */
export type OwnAction = Extract<
  Action,
  { readonly do: 'look-again' | 'hold-traffic' | 'lead-traffic' | 'run-program' }
>;

const ownActions: ReadonlySet<Action['do']> = new Set<OwnAction['do']>([
  'look-again',
  'hold-traffic',
  'lead-traffic',
  'run-program',
]);

export function isOwnAction(action: Action): action is OwnAction {
  return ownActions.has(action.do);
}

/** What is said to an instance about an account. */
export type AccountAction = Extract<Action, { readonly do: 'create-user' | 'verify-user' }>;

export function isAccountAction(action: Action): action is AccountAction {
  return action.do === 'create-user' || action.do === 'verify-user';
}

export type Expectation =
  /** The master is still silent, no receiver hears it, and the candidate holds all that any replica holds. */
  | {
      readonly that: 'candidate-complete';
      readonly master: InstanceKey;
      readonly candidate: InstanceKey;
      readonly acceptLoss: boolean;
      /** What these hold counts as held by the candidate, which reads it from them later in the plan. */
      readonly suppliers: readonly InstanceKey[];
    }
  /** The instance has no transaction that the master lacks. */
  | {
      readonly that: 'nothing-of-its-own';
      readonly instance: InstanceKey;
      readonly master: InstanceKey;
    };

export interface Step {
  /** Unique in its plan, in the order of display: `1`, `2`, ... */
  readonly id: string;
  readonly on: InstanceKey;
  readonly action: Action;
  /** One sentence. */
  readonly says: Phrase;
  /** The exact statements, secrets starred; values that only the run can know stand in angle brackets. */
  readonly sql: readonly string[];
  readonly deadlineMs: number;
  /** What undoes it, should a later step fail before the point of no return. */
  readonly undo: { readonly action: Action; readonly sql: readonly string[] } | null;
}

/** Lanes run side by side, steps of a lane one after the other. A stage begins when the one before has ended. */
export interface Stage {
  readonly title: Phrase;
  readonly lanes: readonly (readonly Step[])[];
  /** `undo`: a failure undoes all that was done, last first. `report`: a failure ends its lane and is told. */
  readonly onFailure: 'undo' | 'report';
}

/** One pre-check with the value that was measured. */
export interface Check {
  readonly says: Phrase;
  readonly measured: Phrase;
  readonly verdict: 'passed' | 'warning' | 'failed';
}

export interface Effects {
  /** One sentence. */
  readonly writeStop: Phrase;
  /** What may be lost, one sentence each; empty: nothing. */
  readonly mayLose: readonly Phrase[];
  readonly leftBehind: readonly { readonly instance: InstanceKey; readonly because: Phrase }[];
  /** One sentence. */
  readonly undo: Phrase;
}

export interface Plan {
  readonly kind: PlanKind;
  readonly cluster: string;
  /** The instance the plan is about: the new master, or the one that rejoins. */
  readonly subject: InstanceKey;
  readonly oldMaster: InstanceKey | null;
  readonly newMaster: InstanceKey;
  /** "Promote db-2 to master of orders". */
  readonly headline: Phrase;
  readonly checks: readonly Check[];
  readonly stages: readonly Stage[];
  readonly effects: Effects;
  /** Of the topology it was made for; recomputed before it runs. */
  readonly fingerprint: string;
  readonly budgetMs: number;
  /** What may come on top of that while nothing is changed for clients yet: then the budget begins when writes stop. */
  readonly catchUpMs?: number;
  /** Of a fix: the code of what it mends. */
  readonly fixes?: string;
}

export interface Refusal {
  /** One sentence each: what forbids it. */
  readonly because: readonly Phrase[];
  /** What to do about it, one sentence each. */
  readonly instead: readonly Phrase[];
  readonly checks: readonly Check[];
}

export type Decision =
  | { readonly kind: 'act'; readonly plan: Plan }
  | { readonly kind: 'hold'; readonly refusal: Refusal };

export function stepsOf(plan: Plan): readonly Step[] {
  return plan.stages.flatMap((stage) => stage.lanes.flat());
}

/** An instance as the new source of a replica. */
export interface PossibleSource {
  readonly instance: InstanceKey;
  /** Why it cannot be, one sentence each; empty where it can. */
  readonly because: readonly Phrase[];
}

/** A loss that was named was accepted. */
export function acceptsLoss(plan: Plan): boolean {
  return stepsOf(plan).some(
    ({ action }) =>
      action.do === 'look-again' &&
      action.expect.that === 'candidate-complete' &&
      action.expect.acceptLoss,
  );
}
