import { answered, type InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import { phraseOf } from '../../model/replication-error.ts';
import { hasSeveralSources } from '../../decide/several-sources.ts';
import { memberOf, replicasOf, type Member, type Topology } from '../../model/topology.ts';
import type { Clock, Commander, Prober, Spell } from '../../ports.ts';

/** What came of asking the replicas whether they still get through to a silent master. */
export type Answer =
  /** A receiver that was restarted got through: the master lives, it only does not answer us. */
  | { readonly kind: 'lives'; readonly witness: InstanceKey }
  /** All replicas lost it. `since`: when the last of them began to listen for it, on the clock that never jumps. */
  | { readonly kind: 'lost'; readonly asked: readonly Member[]; readonly since: number }
  /**
   * Nobody got through, but some could not be asked. `instances`: their applier is stopped, and what they received would
   * be at risk. `stuck`: their receiver could not be restarted.
   */
  | {
      readonly kind: 'cannot-ask';
      readonly instances: readonly InstanceKey[];
      readonly stuck: readonly InstanceKey[];
      /** They read from several sources, whose receivers are not ours to restart. */
      readonly several: readonly InstanceKey[];
    };

/** How long a restarted receiver may take to get through to a healthy master: measured at 6 to 20 ms, TLS or not. */
const reconnectMs = 800;
/** It is looked at so often at least: where looking takes long the machines are busy, and so is the receiver. */
const fewestLooks = 12;
const pauseMs = 40;
/** A master that goes on waiting for so long lets go of no commit while all receivers are restarted at once. */
const patientMs = 5_000;
/** Stopping a receiver that waits for a hung semi-sync master was measured at two seconds. */
const statementMs = 4_000;

/** Speaks to servers, looks at them and waits. */
export interface ReplicationPorts {
  readonly commander: Commander;
  readonly prober: Prober;
  readonly clock: Clock;
}

export interface Questioner extends ReplicationPorts {
  readonly spell: Spell;
  readonly tell: (line: string) => void;
  /** Takes down what was said to a replica and what came of it. */
  readonly testify: (testimony: Phrase) => void;
}

/** Notes whose receivers are about to be stopped, before they are. */
export type Note = (members: readonly Member[]) => void;

/**
 * Restarts the receiver, and only the receiver, of the replicas that say they hear the master, and sees whether it gets
 * through. Only those whose applier runs are asked: while it runs, a restart of the receiver keeps the relay log; while
 * it is stopped, stopping the receiver throws away what was received (measured on MariaDB with GTID). Where the master
 * would soon stop waiting for acknowledgements they are asked one after the other, so that the last one to acknowledge
 * is never stopped before another is back.
 */
export async function askReplicas(
  topology: Topology,
  master: InstanceKey,
  questioner: Questioner & { readonly note: Note },
  signal: AbortSignal,
): Promise<Answer> {
  const all = replicasOf(topology, master).filter(hears);
  const several = all.filter(hasSeveralSources).map((it) => it.key);
  const hearing = all.filter((it) => !several.includes(it.key));
  const eligible = hearing.filter((it) => answered(it)?.channels[0]?.applier === 'yes');
  questioner.note(eligible);
  const hasty = stopsWaitingSoon(memberOf(topology, master));
  const heard = await (hasty ? oneByOne : allAtOnce)(eligible, questioner, signal);
  const witness = heard.find((it) => it.outcome === 'through');
  if (witness !== undefined) {
    return { kind: 'lives', witness: witness.member.key };
  }
  const stuck = heard.filter((it) => it.outcome === 'stuck').map((it) => it.member.key);
  const silent = hearing.filter((it) => !eligible.includes(it)).map((it) => it.key);
  return silent.length + stuck.length + several.length > 0
    ? { kind: 'cannot-ask', instances: silent, stuck, several }
    : { kind: 'lost', asked: eligible, since: latestOf(heard, questioner.clock.monotonic()) };
}

/** What one replica told. `stuck`: its receiver could not be restarted, so it told nothing. */
interface Heard {
  readonly member: Member;
  readonly outcome: 'through' | 'lost' | 'stuck';
  /** When it began to listen. */
  readonly since: number;
}

function latestOf(heard: readonly Heard[], now: number): number {
  return heard.length === 0 ? now : Math.max(...heard.map((it) => it.since));
}

/** It waits for acknowledgements, and lives on without them before all receivers could be back. */
function stopsWaitingSoon(master: Member | undefined): boolean {
  const source = master?.lastAnswer?.server.semiSync.source;
  return (
    source?.enabled === true && !(source.waitsWithoutReplicas && source.timeoutMs >= patientMs)
  );
}

function hears(member: Member): boolean {
  return answered(member)?.channels[0]?.receiver === 'yes';
}

/** Until one gets through. */
async function oneByOne(
  members: readonly Member[],
  questioner: Questioner,
  signal: AbortSignal,
): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  for (const member of members) {
    heard.push(await hear(member, questioner, signal));
    if (heard.at(-1)?.outcome === 'through') {
      return heard;
    }
  }
  return heard;
}

function allAtOnce(
  members: readonly Member[],
  questioner: Questioner,
  signal: AbortSignal,
): Promise<readonly Heard[]> {
  return Promise.all(members.map((it) => hear(it, questioner, signal)));
}

/** One that cannot be asked does not make the others' answers worthless. */
async function hear(member: Member, questioner: Questioner, signal: AbortSignal): Promise<Heard> {
  try {
    const { through, since } = await getsThrough(member, questioner, signal);
    return { member, outcome: through ? 'through' : 'lost', since };
  } catch (error) {
    signal.throwIfAborted();
    questioner.testify(
      phrase('{instance} could not be asked: {because}', {
        instance: member.key,
        because: phraseOf(error),
      }),
    );
    return { member, outcome: 'stuck', since: questioner.clock.monotonic() };
  }
}

async function getsThrough(
  member: Member,
  questioner: Questioner,
  signal: AbortSignal,
): Promise<{ readonly through: boolean; readonly since: number }> {
  const { clock, tell } = questioner;
  tell(`${member.key}: its receiver is restarted to see whether it gets through.`);
  try {
    await turnReceiver(member, 'stop-receiver', questioner, signal);
  } finally {
    // Whatever became of the stop: a receiver that we left stopped would look like a witness.
    await turnReceiver(member, 'start-receiver', questioner, new AbortController().signal);
  }
  const beganAt = clock.monotonic();
  const through = await untilAnswer(member, questioner, signal);
  const tookMs = clock.monotonic() - beganAt;
  const told = ['stop-receiver', 'start-receiver'] as const;
  questioner.testify(testimonyOf(member, questioner, told, { through, tookMs }));
  return { through, since: beganAt };
}

/** Hears receivers that were just started, and returns those that did not get through. Throws as the signal ends. */
export async function listenTo(
  members: readonly Member[],
  questioner: Questioner,
  signal: AbortSignal,
): Promise<readonly Member[]> {
  const { clock, testify } = questioner;
  const heard = await Promise.all(
    members.map(async (member) => {
      const beganAt = clock.monotonic();
      const through = await untilAnswer(member, questioner, signal);
      const told = ['start-receiver'] as const;
      testify(
        testimonyOf(member, questioner, told, { through, tookMs: clock.monotonic() - beganAt }),
      );
      return through ? [] : [member];
    }),
  );
  return heard.flat();
}

async function untilAnswer(
  member: Member,
  { prober, clock }: Questioner,
  signal: AbortSignal,
): Promise<boolean> {
  const endsAt = clock.monotonic() + reconnectMs;
  for (let look = 0; look < fewestLooks || clock.monotonic() < endsAt; look += 1) {
    const probe = await prober.probe(member.address, signal);
    const channel = probe.kind === 'answered' ? probe.server.channels[0] : undefined;
    // Starting a receiver forgets its last error: one that stands there now is the answer.
    if (channel?.receiver === 'yes' || (channel !== undefined && channel.receiverError !== null)) {
      return channel.receiver === 'yes';
    }
    await clock.sleep(pauseMs, signal);
  }
  return false;
}

function testimonyOf(
  member: Member,
  { spell }: Questioner,
  told: readonly ('stop-receiver' | 'start-receiver')[],
  { through, tookMs }: { readonly through: boolean; readonly tookMs: number },
): Phrase {
  const server = answered(member);
  const sql = told.flatMap((it) => spell({ do: it }, server)).join('; ');
  return through
    ? phrase('{instance} was told: {sql}. It got through to its source again.', {
        instance: member.key,
        sql,
      })
    : phrase('{instance} was told: {sql}. It did not get through within {count} ms.', {
        instance: member.key,
        sql,
        count: Math.round(tookMs),
      });
}

/** Stops or starts the receiver of one replica. Throws ReplicationError. */
export async function turnReceiver(
  member: Member,
  how: 'stop-receiver' | 'start-receiver',
  { commander }: Pick<ReplicationPorts, 'commander'>,
  signal: AbortSignal,
): Promise<void> {
  const server = answered(member);
  if (server !== undefined) {
    const circumstances = { server, marks: new Map(), deadlineMs: statementMs };
    await commander.perform(member.address, { do: how }, circumstances, signal);
  }
}
