import { ReplicationError } from '../../core/model/replication-error.ts';
import { untilAnswering } from './ask.ts';
import { labFolder } from './lab-folder.ts';
import { instanceFolder, readRecord } from './lab-record.ts';
import type { LabRecord, RecordedInstance } from './lab-record.ts';
import { readAccounts } from './lab-secrets.ts';
import { openLoneMaster } from './lone-master.ts';
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
  const pids = await Promise.all(record.instances.map((it) => pidOf(instanceFolder(folder, it))));
  if (!pids.includes(undefined)) {
    const members = record.instances.map(({ port }) => ({
      port,
      key: `127.0.0.1:${String(port)}`,
    }));
    await openLoneMaster(record.distribution, members, accounts);
  }
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
