import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { makeEmptyData } from './empty-data.ts';
import { freePorts } from './free-ports.ts';
import { claimFolder, clearFolder } from './lab-folder.ts';
import { newInstance, thisProcess, writeRecord } from './lab-record.ts';
import type { RecordedInstance } from './lab-record.ts';
import { drawAccounts } from './lab-secrets.ts';
import { writeLabSettings } from './lab-settings.ts';
import { ordinaryUser, type OrdinaryUser } from './ordinary-user.ts';
import { raiseInstances, wireReplicas } from './raise-instance.ts';
import type { ServerDistribution } from './server-distribution.ts';

const firstServerId = 101;

export interface LabWish {
  readonly stateDir: string;
  readonly distribution: ServerDistribution;
  readonly replicas: number;
}

/** Makes a lab from nothing; all or nothing is left. The first instance is the master. */
export async function makeLab(
  { stateDir, distribution, replicas }: LabWish,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const ports = await freePorts(1 + replicas);
  const instances = ports.map((port, place) => ({
    name: `db-${String(place + 1)}`,
    port,
    serverId: firstServerId + place,
  }));
  const folder = await claimFolder(stateDir, { distribution, instances });
  try {
    tell(
      `Making ${String(ports.length)} servers of ${distribution.flavor} ${distribution.version} in ${folder}`,
    );
    await raiseAll(folder, distribution, instances, { tell, signal });
    await writeLabSettings(
      folder,
      instances.map((it) => `127.0.0.1:${String(it.port)}`),
    );
    signal.throwIfAborted();
    await writeRecord(folder, {
      state: 'ready',
      maker: await thisProcess(),
      distribution,
      instances,
    });
  } catch (error) {
    await clearFolder(folder);
    throw error;
  }
  tell(`Ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

async function raiseAll(
  folder: string,
  distribution: ServerDistribution,
  instances: readonly RecordedInstance[],
  { tell, signal }: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const emptyData = join(folder, 'empty');
  const accounts = await drawAccounts(folder);
  await makeEmptyData(distribution, emptyData, signal);
  tell('One data directory is initialised; starting a copy for each server');
  const members = instances.map((it) => newInstance(folder, it));
  const runAs = await whomToRunAs(folder, distribution, tell);
  await raiseInstances(distribution, members, { emptyData, accounts, signal, runAs });
  await rm(emptyData, { recursive: true });
  const [master, ...replicas] = members;
  if (master !== undefined) {
    await wireReplicas(distribution, master, replicas, { accounts, signal });
    tell(
      `Replicating: ${String(replicas.length)} replicas read from 127.0.0.1:${String(master.port)}`,
    );
  }
}

/** Where root makes the lab: an ordinary user, as far as one can reach it. The passwords in it stay those of root alone. */
async function whomToRunAs(
  folder: string,
  { command: [program = ''] }: ServerDistribution,
  tell: (line: string) => void,
): Promise<OrdinaryUser | undefined> {
  if (getuid?.() !== 0) return undefined;
  const user = ordinaryUser([folder, program]);
  if (user === undefined) {
    tell(`The servers run as root: no ordinary user can reach ${folder}`);
    return undefined;
  }
  await chmod(folder, 0o711);
  tell(`The servers run as the user with the number ${String(user.uid)}, not as root`);
  return user;
}
