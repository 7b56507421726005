import type { DatabaseAccount } from '../model/check-up.ts';
import type { AccountState } from '../model/database-user.ts';
import type { InstanceKey } from '../model/instance.ts';
import type { Check, Decision } from '../model/plan.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import type { Position } from '../model/position.ts';
import type { Handover } from '../model/recovery.ts';
import type { Topology } from '../model/topology.ts';
import type { Hindrance, Spell } from '../ports.ts';

/** What a server wrote that its new master lacks. */
export type OwnTransactions =
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly count: number; readonly list: readonly string[] }
  /** Nothing proves that there are none. */
  | { readonly kind: 'unknown'; readonly because: Phrase };

/** Everything a planner may stand on: one topology, the rules, and what is remembered. */
export interface PlanningContext {
  readonly topology: Topology;
  readonly policy: Policy;
  readonly spell: Spell;
  /** Applications reach this cluster through proxies of ours. */
  readonly proxied: boolean;
  /** The furthest position ever seen of each instance, also in earlier runs. */
  readonly highWater: ReadonlyMap<InstanceKey, Position>;
  /** Whom failovers from this master were begun to that opened nobody, since the last promotion. */
  readonly begun: readonly InstanceKey[];
  /** To whom the newest switchover was begun, where it was cut short; absent for nobody. */
  readonly handingOverTo?: InstanceKey | undefined;
  /** Candidates on which a session holds a lock on the whole server; absent where nobody was asked. */
  readonly locked?: ReadonlyMap<InstanceKey, Hindrance> | undefined;
  /** Accounts of replication users at those who may become a source; absent where nobody was asked. */
  readonly sourceAccounts?: ReadonlyMap<InstanceKey, readonly DatabaseAccount[]> | undefined;
  /** Whether the account that a plan is to make is there already; absent where none is. */
  readonly accounts?: ReadonlyMap<InstanceKey, AccountState>;
}

export interface RejoinContext extends PlanningContext {
  readonly own: OwnTransactions;
  /** Where the two stood at the last hand-over between them; null when none is recorded. */
  readonly handover: Handover | null;
}

export function passed(says: Phrase, measured: Phrase): Check {
  return { says, measured, verdict: 'passed' };
}

export function warned(says: Phrase, measured: Phrase): Check {
  return { says, measured, verdict: 'warning' };
}

export function failed(says: Phrase, measured: Phrase): Check {
  return { says, measured, verdict: 'failed' };
}

export function check(holds: boolean, says: Phrase, measured: Phrase): Check {
  return holds ? passed(says, measured) : failed(says, measured);
}

/** A check that failed, as a sentence that is true: what it says is not the case. */
export function unmet({ says, measured }: Pick<Check, 'says' | 'measured'>): Phrase {
  return phrase('Required: {check}. Found: {measured}', { check: says, measured });
}

/** Holds when a check failed, with the failed checks as the reasons. */
export function holdOn(checks: readonly Check[], instead: readonly Phrase[]): Decision | undefined {
  const because = checks
    .filter((it) => it.verdict === 'failed')
    .map(({ says, measured }) => unmet({ says, measured }));
  return because.length === 0 ? undefined : { kind: 'hold', refusal: { because, instead, checks } };
}

export function hold(because: Phrase, instead: Phrase): Decision {
  return { kind: 'hold', refusal: { because: [because], instead: [instead], checks: [] } };
}
