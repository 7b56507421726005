import type { ClusterState, WatchState } from '../../core/backend.ts';
import { familyOf } from '../../core/model/finding.ts';
import { isPromotion, type Recovery } from '../../core/model/recovery.ts';
import { runningNow, waitingRecovery } from '../../protocol/recovery-now.ts';

/** Something that a person must hear of although nothing is open. */
export type Notice =
  | { readonly kind: 'ended'; readonly recovery: Recovery }
  /** A master died while an earlier failover still holds off the next. */
  | { readonly kind: 'blocked'; readonly by: Recovery; readonly until: number };

/** What one cluster showed before. */
export interface Seen {
  /** Recoveries that had ended, by id; undefined before the first look. */
  readonly ended: ReadonlySet<string> | undefined;
  /** Recoveries that ran in this process. */
  readonly own: ReadonlySet<string>;
  /** The recovery of which it was said that it blocks. */
  readonly blocked: string | undefined;
}

export const nothingSeen: Seen = { ended: undefined, own: new Set(), blocked: undefined };

/** What is new in this state, and what is seen from now on. Nothing is said twice. */
export function noticesOf(
  state: ClusterState,
  seen: Seen,
): { readonly notices: readonly Notice[]; readonly seen: Seen } {
  const { running, recoveries } = state;
  const own = running === null ? seen.own : new Set([...seen.own, running.id]);
  const over = recoveries.filter((it) => it.state !== 'running' && it.id !== running?.id);
  const ended = new Set(over.map((it) => it.id));
  const block = blockOf(state);
  const blocked: readonly Notice[] =
    block === undefined || block.by.id === seen.blocked ? [] : [{ kind: 'blocked', ...block }];
  return {
    notices: [...endsOf(over, { ...seen, own }), ...blocked],
    seen: { ended, own, blocked: block?.by.id ?? seen.blocked },
  };
}

/** At first only what waits for a person; later what has ended since. */
function endsOf(over: readonly Recovery[], { ended, own }: Seen): readonly Notice[] {
  const waiting = waitingRecovery(over);
  const first = waiting === undefined ? [] : [waiting];
  const fresh =
    ended === undefined ? first : over.filter((it) => !ended.has(it.id) && concerns(it, own));
  return fresh.toReversed().map((recovery) => ({ kind: 'ended', recovery }));
}

/**
 * A person's own run concerns the window that ran it; a master that was replaced by itself everybody. Bringing servers back goes on in silence:
 * when that fails the finding stays, and the views show it.
 */
function concerns(recovery: Recovery, own: ReadonlySet<string>): boolean {
  if (recovery.trigger === 'user') return own.has(recovery.id);
  const went = recovery.state === 'succeeded' || recovery.kind === 'rejoin';
  return isPromotion(recovery) || !went;
}

function blockOf(state: ClusterState): WatchState['blocking'] {
  const { watch, findings } = state;
  const { blocking, armed = false } = watch ?? {};
  const dead = findings.some((it) => familyOf(it.code) === 'dead-master');
  return dead && armed && runningNow(state) === null ? blocking : undefined;
}
