import type { SemiSyncSource } from '../model/instance.ts';
import type { Holding, Problem } from './problem.ts';
import type { ReplicaView } from './replica-view.ts';

const advice =
  'Switch its semi-sync source role off (rpl_semi_sync_source_enabled, or rpl_semi_sync_master_enabled). A promotion switches it on.';

/**
 * Many guides enable both roles on every server. What a replica applies is committed there, and such a commit waits for
 * replicas of its own that it does not have: until its time-out, or for ever.
 */
export const lockedReplica: Problem<ReplicaView> = {
  code: 'LockedSemiSyncReplica',
  severity: 'error',
  advice,
  holds: (view) =>
    waiting(
      view,
      (it) => isLocked(it),
      (instance, it) =>
        `${instance} applies nothing: what it applies waits for ${ofItsOwn(it)}, and ${String(it.clients)} acknowledge.`,
    ),
};

/** It applies now, since a time-out ran out or nothing came yet, and may wait again after its next start. */
export const waitingReplica: Problem<ReplicaView> = {
  code: 'SemiSyncSourceOnReplica',
  severity: 'warning',
  advice,
  holds: (view) =>
    waiting(
      view,
      (it) => !isLocked(it),
      (instance, it) =>
        `${instance} is a replica, and its commits wait for ${ofItsOwn(it)}: ${String(it.clients)} acknowledge.`,
    ),
};

function isLocked(source: SemiSyncSource): boolean {
  return source.active && source.waitingSessions > 0;
}

/** A replica that has enough replicas of its own is a source too: it rightly waits for them. */
function waiting(
  { member, server }: ReplicaView,
  holds: (source: SemiSyncSource) => boolean,
  says: (instance: string, source: SemiSyncSource) => string,
): Holding | undefined {
  const source = server?.semiSync.source ?? undefined;
  return source?.enabled === true &&
    source.clients < source.waitsFor &&
    server?.readOnly === true &&
    holds(source)
    ? {
        instance: member.key,
        says: says(member.key, source),
        facts: { instance: member.key, waits: source.waitsFor, clients: source.clients },
      }
    : undefined;
}

function ofItsOwn({ waitsFor }: SemiSyncSource): string {
  return waitsFor === 1 ? 'a replica of its own' : `${String(waitsFor)} replicas of its own`;
}
