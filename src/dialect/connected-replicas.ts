import type { ConnectedReplica, DumpThread } from '../core/model/instance.ts';
import { columnsOf, type Row } from './answer.ts';

/**
 * Rows of `SHOW REPLICAS` or `SHOW SLAVE HOSTS`; the host is empty where the replica reports none. Every server reports a
 * port, so one without is a program that reads the binary log.
 */
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
  "SELECT USER AS User, HOST AS Host, COMMAND AS Command FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'";

/** Replicas that a process list shows, by the address they read from; their ports are not known. */
export function readDumpThreads(rows: readonly Row[], statement: string): readonly DumpThread[] {
  return rows
    .map((row) => columnsOf(row, statement))
    .filter((columns) => columns.text('Command').startsWith('Binlog Dump'))
    .map((columns) => ({
      user: columns.optionalText('User') ?? '',
      host: columns.text('Host').replace(/:\d+$/, ''),
    }));
}

/** True when the registration does not tell where a replica is, or who reads, so that the process list must. */
export function leavesHostsOpen(rows: readonly Row[], statement: string): boolean {
  return (
    readRegisteredReplicas(rows, statement).some((it) => it.host === '' || it.port === null) ||
    // MySQL tells the uuid of every server of its own kind.
    rows.some((it) => it['Replica_UUID'] === '' || it['Slave_UUID'] === '')
  );
}

/** Registered replicas with a host, and those that only a dump thread locates. */
export function joinReplicas(
  registered: readonly ConnectedReplica[],
  threads: readonly DumpThread[],
): readonly ConnectedReplica[] {
  const servers = registered.filter((it) => it.port !== null);
  const [only] = servers;
  const [thread] = threads;
  if (only?.host === '' && servers.length === 1 && threads.length === 1 && thread !== undefined) {
    return [{ ...only, host: thread.host }];
  }
  const located = threads.map(({ host }) => ({
    serverId: null,
    serverUuid: null,
    host,
    port: null,
  }));
  return [...servers.filter((it) => it.host !== ''), ...located];
}
