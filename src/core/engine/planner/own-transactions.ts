import type { OwnTransactions } from '../../decide/planning-context.ts';
import { ownTransactionsOf } from '../../model/errant.ts';
import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import { phraseOf } from '../../model/replication-error.ts';
import type { Handover } from '../../model/recovery.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import type { BinlogReader } from '../../ports.ts';

/** How many transactions are named one by one. */
const named = 100;

/**
 * What an instance wrote that the master lacks. By GTID where both keep them; else by reading the instance's binary
 * log behind the place that the recorded hand-over names. Without either, nothing proves that there is nothing.
 */
export async function ownTransactions(
  topology: Topology,
  instance: InstanceKey,
  evidence: {
    readonly handover: Handover | null;
    readonly binlogs: BinlogReader;
    readonly signal: AbortSignal;
  },
): Promise<OwnTransactions> {
  const member = memberOf(topology, instance);
  const server = answered(member);
  const master = answered(memberOf(topology, topology.master));
  if (member === undefined || server === undefined || master === undefined) {
    return { kind: 'unknown', because: phrase('{instance} or the master is silent', { instance }) };
  }
  if (sameGtid(server, master)) {
    const { count, list } = ownTransactionsOf(server, master, named);
    return count === 0 ? { kind: 'none' } : { kind: 'some', count, list };
  }
  const { handover, binlogs, signal } = evidence;
  if (handover === null) {
    return {
      kind: 'unknown',
      because: phrase('there is no GTID, and no hand-over between the two is recorded'),
    };
  }
  try {
    const list = await binlogs.transactionsAfter(member.address, handover.oldAt, named, signal);
    return list.length === 0 ? { kind: 'none' } : { kind: 'some', count: list.length, list };
  } catch (error) {
    return { kind: 'unknown', because: phraseOf(error) };
  }
}

function sameGtid(a: Server, b: Server): boolean {
  return a.gtid.kind === b.gtid.kind && a.gtid.kind !== 'off';
}
