import type { InstanceKey } from './instance.ts';

export type PromotionRule = 'prefer' | 'neutral' | 'must-not';

/** What one cluster's settings say about deciding; validated before it gets here. */
export interface Policy {
  readonly cluster: string;
  readonly environment: 'lab' | 'staging' | 'production';
  /** `observe` never changes anything. */
  readonly mode: 'observe' | 'manage';
  readonly reasonableLagSeconds: number;
  readonly promotionRules: Readonly<Record<InstanceKey, PromotionRule>>;
  /** The name used when a plan repoints; null when none is configured. */
  readonly replicationUser: string | null;
  /** Whether a password for that user is at hand. */
  readonly replicationPasswordKnown: boolean;
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
}
