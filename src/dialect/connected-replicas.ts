import type { ConnectedReplica } from '../core/model/instance.ts';
import { columnsOf, type Row } from './answer.ts';

/** Rows of `SHOW REPLICAS` or `SHOW SLAVE HOSTS`; the host is empty where the replica reports none. */
export function readRegisteredReplicas(
  rows: readonly Row[],
  statement: string,
): readonly ConnectedReplica[] {
  return rows.map((row) => {
    const columns = columnsOf(row, statement);
    return {
      serverId: columns.whole('Server_Id'),
      serverUuid: columns.optionalText('Replica_UUID', 'Slave_UUID') || null,
      host: columns.text('Host'),
      port: columns.whole('Port') || null,
    };
  });
}

/** Only the threads that send a binary log: a process list may have thousands of clients. */
export const dumpThreadsSql =
  "SELECT HOST AS Host, COMMAND AS Command FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'";

/** Replicas that a process list shows, by the address they read from; their ports are not known. */
export function readDumpThreads(
  rows: readonly Row[],
  statement: string,
): readonly ConnectedReplica[] {
  return rows
    .map((row) => columnsOf(row, statement))
    .filter((columns) => columns.text('Command').startsWith('Binlog Dump'))
    .map((columns) => ({
      serverId: null,
      serverUuid: null,
      host: columns.text('Host').replace(/:\d+$/, ''),
      port: null,
    }));
}

/** True when the registration does not tell where a replica is, so that the process list must. */
export function leavesHostsOpen(registered: readonly ConnectedReplica[]): boolean {
  return registered.some((it) => it.host === '');
}

/** Registered replicas with a host, and those that only a dump thread locates. */
export function joinReplicas(
  registered: readonly ConnectedReplica[],
  threads: readonly ConnectedReplica[],
): readonly ConnectedReplica[] {
  const [only] = registered;
  const [thread] = threads;
  if (
    only?.host === '' &&
    registered.length === 1 &&
    threads.length === 1 &&
    thread !== undefined
  ) {
    return [{ ...only, host: thread.host }];
  }
  return [...registered.filter((it) => it.host !== ''), ...threads];
}
