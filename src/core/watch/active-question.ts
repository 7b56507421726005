import { answered, type InstanceKey } from '../model/instance.ts';
import { memberOf, replicasOf, type Member, type Topology } from '../model/topology.ts';
import type { Clock, Commander, Prober } from '../ports.ts';

/** What came of asking the replicas whether they still get through to a silent master. */
export type Answer =
  /** A receiver that was restarted got through: the master lives, it only does not answer us. */
  | { readonly kind: 'lives'; readonly witness: InstanceKey }
  /** Everybody who could be asked lost it. */
  | { readonly kind: 'lost'; readonly asked: readonly Member[] }
  /** These still say that they hear it, and cannot be asked without risking what they received. */
  | { readonly kind: 'cannot-ask'; readonly instances: readonly InstanceKey[] };

/** How long a restarted receiver may take to get through to a healthy master. */
const reconnectMs = 800;
const reconnectTlsMs = 2_000;
const pauseMs = 40;
/** Stopping a receiver that waits for a hung semi-sync master was measured at two seconds. */
const statementMs = 4_000;

export interface Questioner {
  readonly commander: Commander;
  readonly prober: Prober;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}

/**
 * Restarts the receiver, and only the receiver, of the replicas that say they hear the master, and sees whether it gets
 * through. Only those whose applier runs are asked: while it runs, a restart of the receiver keeps the relay log; while
 * it is stopped, stopping the receiver throws away what was received (measured on MariaDB with GTID). Where the master
 * waits for acknowledgements they are asked one after the other, so that the last one to acknowledge is never stopped
 * before another is back.
 */
export async function askReplicas(
  topology: Topology,
  master: InstanceKey,
  questioner: Questioner,
  signal: AbortSignal,
): Promise<Answer> {
  const hearing = replicasOf(topology, master).filter(hears);
  const eligible = hearing.filter((it) => answered(it)?.channels[0]?.applier === 'yes');
  const waits = memberOf(topology, master)?.lastAnswer?.server.semiSync.source?.enabled === true;
  const witness = await (waits ? oneByOne : allAtOnce)(eligible, questioner, signal);
  if (witness !== undefined) {
    return { kind: 'lives', witness: witness.key };
  }
  const silent = hearing.filter((it) => !eligible.includes(it)).map((it) => it.key);
  return silent.length > 0
    ? { kind: 'cannot-ask', instances: silent }
    : { kind: 'lost', asked: eligible };
}

function hears(member: Member): boolean {
  return answered(member)?.channels[0]?.receiver === 'yes';
}

async function oneByOne(
  members: readonly Member[],
  questioner: Questioner,
  signal: AbortSignal,
): Promise<Member | undefined> {
  for (const member of members) {
    if (await getsThrough(member, questioner, signal)) {
      return member;
    }
  }
  return undefined;
}

async function allAtOnce(
  members: readonly Member[],
  questioner: Questioner,
  signal: AbortSignal,
): Promise<Member | undefined> {
  const outcomes = await Promise.allSettled(
    members.map((it) => getsThrough(it, questioner, signal)),
  );
  const failed = outcomes.find((it) => it.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return members.find((_, index) => {
    const outcome = outcomes[index];
    return outcome?.status === 'fulfilled' && outcome.value;
  });
}

async function getsThrough(
  member: Member,
  questioner: Questioner,
  signal: AbortSignal,
): Promise<boolean> {
  const { prober, clock, tell } = questioner;
  tell(`${member.key}: its receiver is restarted to see whether it gets through.`);
  try {
    await turnReceiver(member, 'stop-receiver', questioner, signal);
  } finally {
    // Whatever became of the stop: a receiver that we left stopped would look like a witness.
    await turnReceiver(member, 'start-receiver', questioner, new AbortController().signal);
  }
  const tls = answered(member)?.channels[0]?.tls === true;
  const endsAt = clock.monotonic() + (tls ? reconnectTlsMs : reconnectMs);
  while (clock.monotonic() < endsAt) {
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

/** Stops or starts the receiver of one replica. Throws ReplicationError. */
export async function turnReceiver(
  member: Member,
  how: 'stop-receiver' | 'start-receiver',
  { commander }: Pick<Questioner, 'commander'>,
  signal: AbortSignal,
): Promise<void> {
  const server = answered(member);
  if (server !== undefined) {
    const circumstances = { server, marks: new Map(), deadlineMs: statementMs };
    await commander.perform(member.address, { do: how }, circumstances, signal);
  }
}
