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
}
