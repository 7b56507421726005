import type { InstanceKey, Probe } from '../model/instance.ts';
import { asides } from '../model/plan.ts';
import { isPromotion, type Recovery } from '../model/recovery.ts';
import { memberOf, replicasOf, type Member, type Topology } from '../model/topology.ts';
import type { PlanningContext } from './planning-context.ts';

/**
 * The topology as if this instance still read from `master` and did not hear it: a plan made it read from another
 * replica, which changes nothing of what it is to the dead master.
 */
export function asReplicaOf(topology: Topology, key: InstanceKey, master: InstanceKey): Topology {
  return {
    ...topology,
    members: topology.members.map((it) =>
      it.key === key && it.source !== master
        ? { ...it, source: master, probe: hearingNothing(it.probe) }
        : it,
    ),
  };
}

function hearingNothing(probe: Probe): Probe {
  return probe.kind === 'silent'
    ? probe
    : {
        ...probe,
        server: {
          ...probe.server,
          channels: probe.server.channels.map((it, place) =>
            place === 0 ? { ...it, receiver: 'no' } : it,
          ),
        },
      };
}

/**
 * Whom failovers from this master were begun to that opened nobody, since the last promotion that opened somebody. One
 * whose process died while it opened may not have: where it did, this is no longer the master. `recoveries`: the newest
 * first.
 */
export function begunSuccessors(
  recoveries: readonly Recovery[],
  master: Member | undefined,
): readonly InstanceKey[] {
  const opened = recoveries.findIndex(
    (it) => it.openedAt !== null && it.state !== 'undone' && it.state !== 'interrupted',
  );
  return recoveries
    .slice(0, opened === -1 ? undefined : opened)
    .filter((it) => it.kind === 'failover' && replaces(it, master))
    .map((it) => it.newMaster);
}

function replaces({ oldMaster }: Recovery, master: Member | undefined): boolean {
  return master !== undefined && [master.key, ...master.aliases].some((it) => it === oldMaster);
}

/**
 * A failover that was cut short while its candidate fetched from another replica leaves it there, a replica of a replica
 * of the dead master: it counts as a direct one, or nobody could ever take over.
 */
export function withBegunSuccessors<T extends PlanningContext>(context: T): T {
  const { topology, begun } = context;
  const { master } = topology;
  if (master === null) {
    return context;
  }
  const direct = new Set<InstanceKey | null>(replicasOf(topology, master).map((it) => it.key));
  const moved = begun
    .flatMap((key) => memberOf(topology, key) ?? [])
    .filter((it) => it.key !== master && direct.has(it.source));
  return {
    ...context,
    topology: moved.reduce((picture, it) => asReplicaOf(picture, it.key, master), topology),
  };
}

/** What is remembered of promotions of this master's successors that opened nobody. */
export function begunPromotions(
  recoveries: readonly Recovery[],
  master: Member | undefined,
): Pick<PlanningContext, 'begun' | 'handingOverTo'> {
  return {
    begun: begunSuccessors(recoveries, master),
    handingOverTo: cutShortHandover(recoveries, master),
  };
}

/**
 * To whom the newest switchover from this master was begun, where its process is gone. It may have died in the moment in
 * which it opened the new master: whether it did is seen there.
 */
function cutShortHandover(
  recoveries: readonly Recovery[],
  master: Member | undefined,
): InstanceKey | undefined {
  const begun = cutShortPromotion(recoveries);
  return begun?.kind === 'switchover' && replaces(begun, master) ? begun.newMaster : undefined;
}

/**
 * The newest promotion, when its process is gone, or when it could not take back all that it had begun. One that was
 * tried since and opened nobody did not end it, nor did closing whom it replaced, letting replicas try again whom it had
 * cut off, or detaching whom it left behind.
 */
export function cutShortPromotion(recoveries: readonly Recovery[]): Recovery | undefined {
  const newest = recoveries.find(
    (it) => !asides.has(it.kind) && (!openedNobody(it) || isHalfTakenBack(it)),
  );
  return newest !== undefined &&
    isPromotion(newest) &&
    (newest.state === 'interrupted' || isHalfTakenBack(newest))
    ? newest
    : undefined;
}

/** It failed, and so did taking it back: an instance that it had changed was out of reach then. */
function isHalfTakenBack({ state, openedAt, steps }: Recovery): boolean {
  return state === 'failed' && openedAt === null && steps.some((it) => it.startedAt !== null);
}

function openedNobody(recovery: Recovery): boolean {
  const { state, openedAt } = recovery;
  return isPromotion(recovery) && (state === 'undone' || (state === 'failed' && openedAt === null));
}
