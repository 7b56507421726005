import { answered } from '../model/instance.ts';
import { asides } from '../model/plan.ts';
import { isPromotion, type Recovery } from '../model/recovery.ts';
import { memberOf, replicasOf, type Member, type Topology } from '../model/topology.ts';
import { unappliedOf } from '../model/unapplied.ts';
import type { StoppedReceiver } from '../model/watch.ts';
import type { PlanningContext } from './planning-context.ts';

/** What tells that a stopped receiver was stopped by this very engine, in this process or in one that is gone. */
export interface OwnPast {
  /** Newest first. */
  readonly recoveries: readonly Recovery[];
  readonly stopped: readonly StoppedReceiver[];
}

/**
 * Replicas of a silent master whose receivers we stopped and never started again: they testify once they run. Only those
 * that lose nothing by it: where receiver and applier both stand, a start throws away what was received and not applied.
 * Whatever happened before the master last answered explains nothing: somebody may have stopped them since.
 */
export function stoppedByUs(
  context: PlanningContext,
  master: Member,
  past: OwnPast,
): readonly Member[] {
  return replicasOf(context.topology, master.key).filter(
    (it) =>
      standsSafely(it) &&
      (isNoted(context.topology, master, it, past.stopped) ||
        isCutShort(context, master, it, past.recoveries)),
  );
}

/**
 * A thread of its replication stands, and no error says why. A receiver that could not connect goes on trying: one that
 * stands was stopped, and the server keeps the error of its last attempt.
 */
export function hasStoppedChannel(member: Member): boolean {
  const channels = answered(member)?.channels ?? [];
  return channels.some(
    (it) =>
      (it.receiver === 'no' || it.applier === 'no') &&
      (it.receiverError === null || connectionErrors.has(it.receiverError.code)) &&
      it.applierError === null,
  );
}

/** What a receiver meets whose source is gone: it cannot connect, or loses its connection. */
const connectionErrors: ReadonlySet<number> = new Set([
  1158, 1159, 1160, 1161, 2002, 2003, 2005, 2006, 2013,
]);

function standsSafely(member: Member): boolean {
  const server = answered(member);
  const channel = server?.channels[0];
  return (
    server !== undefined &&
    channel?.receiver === 'no' &&
    channel.receiverError === null &&
    (channel.applier === 'yes' ||
      (channel.applierError === null && unappliedOf(server).length === 0))
  );
}

function isNoted(
  topology: Topology,
  master: Member,
  member: Member,
  stopped: readonly StoppedReceiver[],
): boolean {
  return stopped.some(
    (it) =>
      memberOf(topology, it.instance)?.key === member.key &&
      memberOf(topology, it.source)?.key === master.key &&
      silentSince(master, it.at),
  );
}

/** A promotion from this master that opened nobody stopped it, and nothing that came after started it again. */
function isCutShort(
  context: PlanningContext,
  master: Member,
  member: Member,
  recoveries: readonly Recovery[],
): boolean {
  for (const recovery of recoveries.filter((it) => it.kind === 'repair' || !asides.has(it.kind))) {
    if (recovery.kind === 'repair') {
      if (touched(context.topology, recovery, member).some((it) => it.state === 'done')) {
        return false;
      }
    } else if (!isBegun(context.topology, recovery, master)) {
      return false;
    } else if (stops(context, recovery, member)) {
      return true;
    }
  }
  return false;
}

function isBegun(topology: Topology, recovery: Recovery, master: Member): boolean {
  const { oldMaster, openedAt, state, startedAt } = recovery;
  return (
    isPromotion(recovery) &&
    memberOf(topology, oldMaster)?.key === master.key &&
    openedAt === null &&
    state !== 'running' &&
    silentSince(master, startedAt)
  );
}

/** A step that began may have taken effect, also where nobody was left to write down its end. */
function stops({ topology, spell }: PlanningContext, recovery: Recovery, member: Member): boolean {
  const server = answered(member);
  const stopping = (['stop-receiver', 'stop-replication'] as const).map((it) =>
    spell({ do: it }, server).join(),
  );
  return touched(topology, recovery, member).some(
    (it) => it.startedAt !== null && it.state !== 'undone' && stopping.includes(it.sql.join()),
  );
}

function touched(topology: Topology, { steps }: Recovery, member: Member): Recovery['steps'] {
  return steps.filter((it) => memberOf(topology, it.on)?.key === member.key);
}

function silentSince({ lastAnswer }: Member, at: number): boolean {
  return (lastAnswer?.at ?? 0) <= at;
}
