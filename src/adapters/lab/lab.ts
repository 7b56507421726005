import { platform } from 'node:process';
import type { Flavor, InstanceKey } from '../../core/model/instance.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { findServer } from './find-server.ts';
import { clearFolder, clearHalfMade, labFolder } from './lab-folder.ts';
import { startInstances } from './lab-instance.ts';
import { instanceFolder, readRecord } from './lab-record.ts';
import type { LabRecord } from './lab-record.ts';
import { loginsOf } from './lab-secrets.ts';
import { makeLab } from './make-lab.ts';
import { pidOf } from './server-process.ts';
import { settingsFileOf } from './lab-settings.ts';

export interface LabOptions {
  /** The lab takes the folder `lab` below it. */
  readonly stateDir: string;
  /** Undefined: MariaDB where it is installed, else MySQL. */
  readonly flavor?: Flavor | undefined;
  /** Default 2. */
  readonly replicas?: number | undefined;
}

export interface LabInstance {
  /** `db-1`, `db-2`, ... */
  readonly name: string;
  readonly key: InstanceKey;
  readonly port: number;
  /** null while it is stopped. */
  readonly pid: number | null;
  /** Its data, option file and log. */
  readonly folder: string;
}

/** Practice servers on this machine that replicate. Passwords stand in files that only the user may read. */
export interface Lab {
  readonly flavor: Flavor;
  readonly kind: 'processes' | 'docker';
  readonly version: string;
  readonly folder: string;
  readonly instances: readonly LabInstance[];
  readonly user: string;
  readonly passwordFile: string;
  readonly replicationUser: string;
  readonly replicationPasswordFile: string;
  /** `root` may come from 127.0.0.1 only. */
  readonly rootPasswordFile: string;
  /** For `--config`. */
  readonly settingsFile: string;
}

type Tell = (line: string) => void;

const mostReplicas = 20;

/**
 * Makes the lab, or starts what is stopped of the one that is there. The servers outlive this process.
 * Throws ReplicationError; whatever was half made is cleared away before.
 */
export async function labUp(options: LabOptions, tell: Tell, signal: AbortSignal): Promise<Lab> {
  checkOptions(options);
  try {
    return await raiseLab(options, tell, signal);
  } catch (error) {
    throw troubleOf(error, signal);
  }
}

async function raiseLab(options: LabOptions, tell: Tell, signal: AbortSignal): Promise<Lab> {
  await clearHalfMade(options.stateDir);
  const folder = await labFolder(options.stateDir);
  const record = await readRecord(folder);
  if (record === undefined) {
    const distribution = await findServer(options.flavor);
    await makeLab(
      { stateDir: options.stateDir, distribution, replicas: options.replicas ?? 2 },
      tell,
      signal,
    );
  } else {
    await bringBack(folder, record, options, { tell, signal });
  }
  const lab = await labStatus(options.stateDir);
  if (lab === undefined) {
    throw new ReplicationError('cancelled', 'The lab was taken down while it came up.');
  }
  return lab;
}

/** Ends every server of the lab and removes all it left. False when there was none. */
export async function labDown(stateDir: string, tell: Tell): Promise<boolean> {
  const halfMade = await clearHalfMade(stateDir);
  const folder = await labFolder(stateDir);
  const record = await readRecord(folder);
  if (record === undefined) {
    if (halfMade > 0) {
      tell('What was left of a lab is cleared away.');
    }
    return halfMade > 0;
  }
  refuseWhileMaking(record);
  await clearFolder(folder);
  tell(`The lab is gone: ${String(record.instances.length)} servers ended, ${folder} removed.`);
  return true;
}

/** Undefined when there is no lab. */
export async function labStatus(stateDir: string): Promise<Lab | undefined> {
  const folder = await labFolder(stateDir);
  const record = await readRecord(folder);
  return record?.state === 'ready' ? labOf(folder, record) : undefined;
}

async function labOf(folder: string, record: LabRecord): Promise<Lab> {
  const instances = record.instances.map(async (it): Promise<LabInstance> => {
    const home = instanceFolder(folder, it);
    const pid = (await pidOf(home)) ?? null;
    return { name: it.name, key: `127.0.0.1:${String(it.port)}`, port: it.port, pid, folder: home };
  });
  return {
    flavor: record.distribution.flavor,
    kind: 'processes',
    version: record.distribution.version,
    folder,
    instances: await Promise.all(instances),
    ...loginsOf(folder),
    settingsFile: settingsFileOf(folder),
  };
}

async function bringBack(
  folder: string,
  record: LabRecord,
  options: LabOptions,
  { tell, signal }: { readonly tell: Tell; readonly signal: AbortSignal },
): Promise<void> {
  refuseWhileMaking(record);
  const { flavor, version } = record.distribution;
  const replicas = record.instances.length - 1;
  const isOther =
    (options.flavor ?? flavor) !== flavor || (options.replicas ?? replicas) !== replicas;
  if (isOther) {
    const there = `A ${flavor} lab with ${String(replicas)} replicas is there already`;
    throw new ReplicationError(
      'refused-by-check',
      `${there}; take it down first: switchover lab down`,
    );
  }
  await startInstances(folder, record, record.instances, signal);
  tell(
    `The lab is there already, and runs: ${String(record.instances.length)} servers, ${version}.`,
  );
}

/** A maker that is dead was cleared away before. */
function refuseWhileMaking(record: LabRecord): void {
  if (record.state === 'making') {
    const says = `Another process (pid ${String(record.maker.pid)}) is just making the lab; try again when it has ended.`;
    throw new ReplicationError('refused-by-check', says);
  }
}

function troubleOf(error: unknown, signal: AbortSignal): ReplicationError {
  if (signal.aborted) {
    return new ReplicationError(
      'cancelled',
      'Making the lab was cancelled; nothing is left of it.',
    );
  }
  return error instanceof ReplicationError
    ? error
    : new ReplicationError('statement-failed', `The lab cannot be made: ${String(error)}`, {
        cause: error,
      });
}

function checkOptions({ replicas = 2 }: LabOptions): void {
  if (platform === 'win32') {
    const says = 'A lab of processes needs Linux or macOS; on Windows use it inside WSL.';
    throw new ReplicationError('refused-by-check', says);
  }
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > mostReplicas) {
    const says = `A lab has 0 to ${String(mostReplicas)} replicas, not ${String(replicas)}.`;
    throw new ReplicationError('refused-by-check', says);
  }
}
