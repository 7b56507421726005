import type { TestServer } from '../../servers/distributions.ts';
import type { TestCluster } from '../../servers/test-cluster.ts';
import type { TestMember } from '../../servers/test-member.ts';

/** So long that a master rather waits than acknowledges what no replica holds. */
const forEverMs = 3_600_000;

/** Loads the plugins where they are not built in; the master waits for its replicas, and they acknowledge. */
export async function loadSemiSync({
  server,
  members,
  master,
  replicas,
}: TestCluster): Promise<void> {
  const load = [
    "INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'",
    "INSTALL PLUGIN rpl_semi_sync_replica SONAME 'semisync_replica.so'",
  ];
  for (const member of server === 'mariadb' ? [] : members) {
    const close = member === master ? [] : ['SET GLOBAL super_read_only = 1'];
    await member.sql('SET sql_log_bin = 0', 'SET GLOBAL super_read_only = 0', ...load, ...close);
  }
  await becomeSource(server, master, replicas);
}

/** The roles of semi-sync follow those of replication: one source that waits, after its binary log is written. */
export async function becomeSource(
  server: TestServer,
  source: TestMember,
  replicas: readonly TestMember[],
): Promise<void> {
  const [asSource, asReplica, word] =
    server === 'mariadb'
      ? ['rpl_semi_sync_master', 'rpl_semi_sync_slave', 'SLAVE']
      : ['rpl_semi_sync_source', 'rpl_semi_sync_replica', 'REPLICA'];
  for (const member of replicas) {
    await member.sql(`SET GLOBAL ${asSource}_enabled = 0`);
    if ((await member.value(`SELECT @@GLOBAL.${asReplica}_enabled`)) !== '1') {
      await member.sql(
        `SET GLOBAL ${asReplica}_enabled = 1`,
        `STOP ${word} IO_THREAD`,
        `START ${word} IO_THREAD`,
      );
    }
  }
  await source.sql(
    `SET GLOBAL ${asReplica}_enabled = 0`,
    `SET GLOBAL ${asSource}_wait_point = 'AFTER_SYNC'`,
    `SET GLOBAL ${asSource}_timeout = ${String(forEverMs)}`,
    `SET GLOBAL ${asSource}_enabled = 1`,
  );
}

/** Both roles on every server, as many guides say. What replicas apply waits for replicas that they do not have. */
export async function enableEverywhere(
  server: TestServer,
  members: readonly TestMember[],
  timeoutMs: number = forEverMs,
): Promise<void> {
  const [asSource, asReplica] =
    server === 'mariadb'
      ? ['rpl_semi_sync_master', 'rpl_semi_sync_slave']
      : ['rpl_semi_sync_source', 'rpl_semi_sync_replica'];
  for (const member of members) {
    await member.sql(
      `SET GLOBAL ${asSource}_timeout = ${String(timeoutMs)}`,
      `SET GLOBAL ${asSource}_wait_point = 'AFTER_SYNC'`,
      `SET GLOBAL ${asSource}_enabled = 1`,
      `SET GLOBAL ${asReplica}_enabled = 1`,
    );
  }
}

/** A replica that is restarted for a rebuild never acknowledges what it was sent before: its source must go on some time. */
export async function limitWaits(server: TestServer, source: TestMember): Promise<void> {
  const asSource = server === 'mariadb' ? 'rpl_semi_sync_master' : 'rpl_semi_sync_source';
  await source.sql(`SET GLOBAL ${asSource}_timeout = 3000`);
}
