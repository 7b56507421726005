import type { InstanceKey } from './instance.ts';
import type { PasswordShape } from './password-shape.ts';

export type PromotionRule = 'prefer' | 'neutral' | 'must-not';

/** What one cluster's settings say about deciding; validated before it gets here. */
export interface Policy {
  readonly cluster: string;
  readonly environment: 'lab' | 'staging' | 'production';
  /** The settings switch TLS off for our own connections. */
  readonly withoutTls?: boolean;
  /** `observe` never changes anything. */
  readonly mode: 'observe' | 'manage';
  /** A row of our own may be written to see whether a master takes writes. */
  readonly writeProbe: boolean;
  readonly reasonableLagSeconds: number;
  /** Filters that may be there: `replicate_wild_ignore_table=mysql.%`, or what an ignoring filter names: `mysql.%`. */
  readonly acceptedFilters: readonly string[];
  readonly promotionRules: Readonly<Record<InstanceKey, PromotionRule>>;
  /** As whom we look and act; absent where the engine is another's. */
  readonly monitorUser?: string;
  /** The name used when a plan repoints; null when none is configured. */
  readonly replicationUser: string | null;
  /** Whether a password for that user is at hand. */
  readonly replicationPasswordKnown: boolean;
  /** Of that password; absent where it is not known. */
  readonly replicationPassword?: PasswordShape | undefined;
  /** Of the password of a user that is to be made now. */
  readonly newPassword?: PasswordShape | undefined;
  /** Which clusters may recover a dead master by themselves: Orchestrator's patterns. */
  readonly recoverMasterFilters: readonly string[];
  /** The same for a dead source between the master and other replicas. */
  readonly recoverIntermediateFilters: readonly string[];
  /** Hosts that are never promoted by itself: regular expressions, tried on `host` and on `host:port`. */
  readonly ignoreHostFilters: readonly string[];
  /** How long an unacknowledged recovery blocks the next automatic one. */
  readonly blockSeconds: number;
  /** How long a verdict must hold before it is acted upon. */
  readonly confirmSeconds: number;
  /** Bring a clean old master back without being asked. */
  readonly autoRejoin: boolean;
  /** `hold`: never promote by itself when something known would be lost. */
  readonly onPossibleLoss: 'hold' | 'report';
  /** Start receivers again that were stopped without an error, when the master waits for them. */
  readonly recoverLockedMaster: boolean;
  /** `hold`: never replace by itself a silent master that nothing keeps from taking writes. */
  readonly onUnfencedMaster: 'hold' | 'promote';
  /** Replicas that a promotion left behind stop reading, lest they follow whom it replaced. */
  readonly detachesLost: boolean;
  readonly unapplied: UnappliedPolicy;
  readonly programs: ProgramPolicy;
}

/** What becomes of a failover whose new master received transactions that it did not apply. */
export interface UnappliedPolicy {
  /** Wait until they are applied, at most `delaySeconds`. */
  readonly delays: boolean;
  readonly delaySeconds: number;
  /** Fail rather than promote over them. */
  readonly fails: boolean;
}

/** Programs to run around a failover; each a program with its arguments, which hold placeholders. */
export interface ProgramPolicy {
  readonly before: readonly (readonly string[])[];
  readonly after: readonly (readonly string[])[];
  readonly timeoutSeconds: number;
}
