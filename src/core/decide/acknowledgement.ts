import { answered, type InstanceKey, type SemiSyncSource, type Server } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Check } from '../model/plan.ts';
import { replicasOf, unheardMembers, type Member, type Topology } from '../model/topology.ts';
import { failed, passed, warned } from './planning-context.ts';

/** Replicas that may alone have acknowledged what the master told its clients was safe. */
export interface Unheard {
  /** Those that we know and that are silent now. */
  readonly instances: readonly InstanceKey[];
  /** Acknowledging replicas that the master counted and we never saw. */
  readonly unknown: number;
  readonly waitsFor: number;
}

/** How the master waited at the last good look; undefined when it did not, or was never seen. */
export function waitingAtLastLook(master: Member): SemiSyncSource | undefined {
  const source = master.lastAnswer?.server.semiSync.source ?? undefined;
  return source?.enabled === true && source.active ? source : undefined;
}

/**
 * With `k` of `n` replicas acknowledging, everything acknowledged is held by somebody who answers only while fewer than
 * `k` of them are silent. Undefined: so it is, or the master did not wait for anybody.
 */
export function unheardAcknowledgers(topology: Topology, master: Member): Unheard | undefined {
  const { lastAnswer } = master;
  if (lastAnswer === null) {
    return unheardOfUnseen(topology, master);
  }
  const waiting = waitingAtLastLook(master);
  if (waiting === undefined) {
    return undefined;
  }
  const known = replicasOf(topology, master.key).filter((it) =>
    mayHaveAcknowledged(it, lastAnswer),
  );
  const silent = known.filter((it) => answered(it) === undefined).map((it) => it.key);
  const unknown = Math.max(0, waiting.clients - known.length);
  return silent.length + unknown < waiting.waitsFor
    ? undefined
    : { instances: silent, unknown, waitsFor: waiting.waitsFor };
}

/** A master that this process never saw: replicas that acknowledge tell that it waited, and one may have been enough. */
function unheardOfUnseen(topology: Topology, master: Member): Unheard | undefined {
  const replicas = replicasOf(topology, master.key);
  const perhaps = unheardMembers(topology).filter((it) => it.source === null);
  const silent = [...replicas, ...perhaps]
    .filter((it) => answered(it) === undefined)
    .map((it) => it.key);
  return silent.length > 0 && replicas.some(acknowledges)
    ? { instances: silent, unknown: 0, waitsFor: 1 }
    : undefined;
}

/** As far as its last answer tells. */
export function acknowledges({ lastAnswer }: Member): boolean {
  return lastAnswer?.server.semiSync.replica?.enabled === true;
}

/**
 * A replica that was not connected at the last good look at its master is not asked for: it may be away for repair. Whoever
 * may replicate can register with its `server_id`: its own receiver has the last word.
 */
function mayHaveAcknowledged(
  { lastAnswer, notReceivingSince = Number.POSITIVE_INFINITY }: Member,
  master: { readonly at: number; readonly server: Server },
): boolean {
  if (lastAnswer === null) {
    return true;
  }
  if (notReceivingSince + oneRoundMs < master.at) {
    return false;
  }
  const { semiSync, serverId, serverUuid } = lastAnswer.server;
  const connected = master.server.replicas.some(
    (it) =>
      (it.serverId === null || it.serverId === serverId) &&
      (it.serverUuid === null || serverUuid === null || it.serverUuid === serverUuid),
  );
  return connected && semiSync.replica?.enabled === true;
}

/** Answers of one round may be so far apart: a receiver that ended with its master may be seen before the master is silent. */
const oneRoundMs = 5_000;

/** No check where nobody waited: then nothing is known to be safe. */
export function acknowledgementChecks(
  topology: Topology,
  master: Member,
  acceptLoss: boolean,
): readonly Check[] {
  const waiting = waitingAtLastLook(master);
  const unheard = unheardAcknowledgers(topology, master);
  if (waiting === undefined && unheard === undefined) {
    return [];
  }
  const says = phrase('Whoever may alone have acknowledged writes of {master} answers', {
    master: master.key,
  });
  if (unheard === undefined) {
    return [
      passed(
        says,
        phrase('{count} acknowledged, {master} waited for {waits}', {
          count: waiting?.clients ?? 0,
          master: master.key,
          waits: waiting?.waitsFor ?? 0,
        }),
      ),
    ];
  }
  return [(acceptLoss ? warned : failed)(says, describeUnheard(unheard))];
}

export function describeUnheard({ instances, unknown }: Unheard): Phrase {
  return unknown === 0
    ? phrase('{list} may hold acknowledged writes and is silent', { list: instances.join(', ') })
    : phrase('{count} replicas that acknowledged are not known here, and silent: {list}', {
        count: unknown,
        list: instances.length === 0 ? '-' : instances.join(', '),
      });
}

/**
 * What may be lost although replicas acknowledged; empty when nothing. Undefined where acknowledgements say nothing:
 * then everything that only the master had is lost. Asks only about a candidate that holds all that is known.
 */
export function lossDespiteAcknowledgement(
  topology: Topology,
  master: Member,
): readonly Phrase[] | undefined {
  const waiting = waitingAtLastLook(master);
  if (waiting === undefined || unheardAcknowledgers(topology, master) !== undefined) {
    return undefined;
  }
  const silentMs = topology.at - (master.lastAnswer?.at ?? 0);
  return [
    ...(silentMs <= waiting.timeoutMs
      ? []
      : [
          phrase(
            'What {master} acknowledged after its wait for a replica ran out: it waits {count} s and was last seen before that.',
            { master: master.key, count: Math.round(waiting.timeoutMs / 1000) },
          ),
        ]),
    ...(waiting.waitPoint === 'after-sync'
      ? []
      : [
          phrase(
            'What other sessions read on {master} before a replica had it: it waits after the commit.',
            { master: master.key },
          ),
        ]),
  ];
}
