import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from '../../dialect/new-accounts.ts';
import { spelledWritable } from '../../dialect/read-only.ts';
import type { Version } from '../../dialect/version.ts';
import { wordsOf } from '../../dialect/words.ts';
import { ask } from './ask.ts';
import type { Row } from './ask.ts';

/** An instance of a lab: where we reach it on 127.0.0.1, and as what the others know it. */
export interface LabMember {
  readonly port: number;
  /** `host:port`. */
  readonly key: string;
}

/** How often all instances are looked at anew where one did not answer to the end, and the pause between. Milliseconds. */
const looks = 5;
const pauseMs = 200;

/**
 * Every instance starts read-only, so that a master that comes back never takes writes beside the one that replaced it.
 * Opens it again only where nobody replaced it: all the others are read-only and read from it. All must run. A monitor
 * that closes a former master, or makes it a replica, ends its sessions, also ours: then all are looked at anew.
 */
export async function openLoneMaster(
  server: Version,
  members: readonly LabMember[],
  accounts: Accounts,
): Promise<void> {
  for (let look = 1; ; look += 1) {
    try {
      await openWhereLone(server, members, accounts);
      return;
    } catch (error) {
      if (look === looks) throw error;
      await sleep(pauseMs);
    }
  }
}

async function openWhereLone(
  server: Version,
  members: readonly LabMember[],
  accounts: Accounts,
): Promise<void> {
  const standings = await Promise.all(members.map((it) => standingOf(server, it, accounts)));
  const [master, ...more] = standings.filter((it) => it.source === undefined);
  const isLone =
    more.length === 0 &&
    standings.every((it) => it.readOnly && (it === master || it.source === master?.key));
  if (master !== undefined && isLone) {
    await ask(master.port, accounts.root, [spelledWritable]);
  }
}

interface Standing extends LabMember {
  readonly readOnly: boolean;
  /** The key it receives from; undefined when it has no source, null when its receiver is stopped. */
  readonly source: string | null | undefined;
}

async function standingOf(
  server: Version,
  member: LabMember,
  { root }: Accounts,
): Promise<Standing> {
  const [variables] = await ask(member.port, root, ['SELECT @@GLOBAL.read_only AS readOnly']);
  const [status] = await ask(member.port, root, [wordsOf(server).replicaStatus]);
  return {
    ...member,
    readOnly: variables?.['readOnly'] === 1,
    source: status && sourceIn(status),
  };
}

function sourceIn(status: Row): string | null {
  const receiver = status['Replica_IO_Running'] ?? status['Slave_IO_Running'];
  const host = status['Source_Host'] ?? status['Master_Host'];
  const port = status['Source_Port'] ?? status['Master_Port'];
  return receiver === 'No' ? null : `${String(host)}:${String(port)}`;
}
