import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Accounts } from './account-sql.ts';
import { ask, untilAnswering } from './ask.ts';
import type { Row } from './ask.ts';
import { labFolder } from './lab-folder.ts';
import { instanceFolder, readRecord } from './lab-record.ts';
import type { LabRecord, RecordedInstance } from './lab-record.ts';
import { readAccounts } from './lab-secrets.ts';
import { replicaStatusSql, writableSql } from './replication-sql.ts';
import type { ServerDistribution } from './server-distribution.ts';
import { endServer, pidOf, startServer } from './server-process.ts';

const startDeadlineMs = 60_000;

/** Ends one instance of the lab: cleanly, or as in a crash. `name`: `db-1`, or its key. */
export async function labStop(
  stateDir: string,
  name: string,
  how: 'clean' | 'kill' = 'clean',
): Promise<void> {
  const { folder, record } = await readyLab(stateDir);
  await endServer(instanceFolder(folder, instanceNamed(record, name)), how);
}

/** Starts one stopped instance of the lab and waits until it answers. Read-only, save in the case of `openLoneMaster`. */
export async function labStart(
  stateDir: string,
  name: string,
  signal = new AbortController().signal,
): Promise<void> {
  const { folder, record } = await readyLab(stateDir);
  await startInstances(folder, record, [instanceNamed(record, name)], signal);
}

/** Starts those of the instances that do not run, side by side. */
export async function startInstances(
  folder: string,
  record: LabRecord,
  instances: readonly RecordedInstance[],
  signal: AbortSignal,
): Promise<void> {
  const accounts = await readAccounts(folder);
  await Promise.all(
    instances.map(async (it) => {
      const home = instanceFolder(folder, it);
      if ((await pidOf(home)) === undefined) {
        await startServer(record.distribution, home);
      }
      await untilAnswering(home, it.port, accounts.root, { deadlineMs: startDeadlineMs, signal });
    }),
  );
  await openLoneMaster(folder, record, accounts);
}

/**
 * Every instance starts read-only, so that a master that comes back never takes writes beside the one that replaced it.
 * Opens it again only where nobody replaced it: all the others run, are read-only and read from it.
 */
async function openLoneMaster(
  folder: string,
  record: LabRecord,
  accounts: Accounts,
): Promise<void> {
  const pids = await Promise.all(record.instances.map((it) => pidOf(instanceFolder(folder, it))));
  if (pids.includes(undefined)) {
    return;
  }
  const standings = await Promise.all(
    record.instances.map(({ port }) => standingOf(record.distribution, port, accounts)),
  );
  const [master, ...more] = standings.filter((it) => it.source === undefined);
  const isLone =
    more.length === 0 &&
    standings.every((it) => it.readOnly && (it === master || it.source === master?.port));
  if (master !== undefined && isLone) {
    await ask(master.port, accounts.root, writableSql());
  }
}

interface Standing {
  readonly port: number;
  readonly readOnly: boolean;
  /** The port it receives from; undefined when it has no source, NaN when its receiver is stopped. */
  readonly source: number | undefined;
}

async function standingOf(
  distribution: ServerDistribution,
  port: number,
  { root }: Accounts,
): Promise<Standing> {
  const [variables] = await ask(port, root, ['SELECT @@GLOBAL.read_only AS readOnly']);
  const [status] = await ask(port, root, [replicaStatusSql(distribution)]);
  return { port, readOnly: variables?.['readOnly'] === 1, source: status && sourceIn(status) };
}

function sourceIn(status: Row): number {
  const receiver = status['Replica_IO_Running'] ?? status['Slave_IO_Running'];
  return receiver === 'No' ? Number.NaN : Number(status['Source_Port'] ?? status['Master_Port']);
}

async function readyLab(
  stateDir: string,
): Promise<{ readonly folder: string; readonly record: LabRecord }> {
  const folder = await labFolder(stateDir);
  const record = await readRecord(folder);
  if (record?.state !== 'ready') {
    throw new ReplicationError(
      'refused-by-check',
      'There is no lab cluster here; make one with: switchover lab up',
    );
  }
  return { folder, record };
}

function instanceNamed(record: LabRecord, name: string): RecordedInstance {
  const found = record.instances.find(
    (it) => it.name === name || `127.0.0.1:${String(it.port)}` === name,
  );
  if (found === undefined) {
    const names = record.instances.map((it) => it.name).join(', ');
    throw new ReplicationError(
      'refused-by-check',
      `The lab has no instance ${name}; it has ${names}.`,
    );
  }
  return found;
}
