import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FilePosition } from '../../core/model/instance.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { accountSql, type Accounts } from '../../dialect/new-accounts.ts';
import { spellFirstSource } from '../../dialect/new-server.ts';
import type { Version } from '../../dialect/version.ts';
import { wordsOf } from '../../dialect/words.ts';
import { ask, untilAnswering } from './ask.ts';
import type { Row } from './ask.ts';
import { copyData } from './empty-data.ts';
import { giveTo, type OrdinaryUser } from './ordinary-user.ts';
import { optionFile } from './option-file.ts';
import type { InstanceOptions } from './option-file.ts';
import type { OptionValues, ServerDistribution } from './server-distribution.ts';
import { optionFileOf, startServer } from './server-process.ts';

const startDeadlineMs = 60_000;
const replicationDeadlineMs = 30_000;
const pollMs = 25;

export interface NewInstance extends InstanceOptions {
  /** Absolute, all links resolved, unique to this instance; must not exist yet. */
  readonly folder: string;
  /** Options beside or instead of our own. */
  readonly more: OptionValues;
}

export interface RaiseNeeds {
  /** A data directory that `makeEmptyData` made. */
  readonly emptyData: string;
  readonly accounts: Accounts;
  readonly signal: AbortSignal;
  /** Whom the servers run as; absent: whoever starts them. */
  readonly runAs?: OrdinaryUser | undefined;
}

/** Makes instances of copies of the empty data, side by side, each writable and with its accounts; waits until all answer. */
export async function raiseInstances(
  distribution: ServerDistribution,
  instances: readonly NewInstance[],
  needs: RaiseNeeds,
): Promise<void> {
  // All are waited for even when one fails, so that nothing is still starting while it is cleared away.
  const tasks = instances.map((it) => raiseInstance(distribution, it, needs));
  const failed = (await Promise.allSettled(tasks)).find((it) => it.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
}

async function raiseInstance(
  distribution: ServerDistribution,
  instance: NewInstance,
  { emptyData, accounts, signal, runAs }: RaiseNeeds,
): Promise<void> {
  const { folder, port, more } = instance;
  await mkdir(join(folder, 'tmp'), { recursive: true, mode: 0o700 });
  await copyData(emptyData, join(folder, 'data'));
  await writeFile(optionFileOf(folder), optionFile(distribution, folder, instance, more), {
    mode: 0o600,
  });
  const first = join(folder, 'first-start.sql');
  await writeFile(first, `${accountSql(distribution, accounts).join('\n')}\n`, { mode: 0o600 });
  if (runAs !== undefined) await giveTo(runAs, folder);
  signal.throwIfAborted();
  await startServer(distribution, folder, [
    `--init-file=${first}`,
    '--read-only=0',
    '--loose-super-read-only=0',
  ]);
  await untilAnswering(folder, port, accounts.root, { deadlineMs: startDeadlineMs, signal });
  await rm(first);
}

/** Lets `replicas` read from `source` and waits until both threads of each run. */
export async function wireReplicas(
  distribution: ServerDistribution,
  source: InstanceOptions,
  replicas: readonly InstanceOptions[],
  { accounts, signal }: { readonly accounts: Accounts; readonly signal: AbortSignal },
): Promise<void> {
  const { root, replication } = accounts;
  const place = source.gtid ? undefined : await binlogEnd(distribution, source.port, accounts);
  await Promise.all(
    replicas.map(async (it) => {
      await ask(
        it.port,
        root,
        spellFirstSource(distribution, {
          ...hostOf(source),
          port: source.port,
          account: replication,
          place,
        }),
      );
      await untilReplicating(distribution, it.port, accounts, signal);
    }),
  );
}

function hostOf({ host }: InstanceOptions): Pick<InstanceOptions, 'host'> {
  return host === undefined ? {} : { host };
}

/** Waits until receiver and applier run on the instance of this port. */
export async function untilReplicating(
  version: Version,
  port: number,
  { root }: Accounts,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = Date.now() + replicationDeadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const [status] = await ask(port, root, [wordsOf(version).replicaStatus]);
    if (status !== undefined && bothRun(status)) {
      return;
    }
    if (Date.now() > endsAt) {
      const errors = [status?.['Last_IO_Error'], status?.['Last_SQL_Error']]
        .filter(Boolean)
        .join(' | ');
      throw new ReplicationError(
        'deadline',
        `The instance on port ${String(port)} does not replicate: ${errors}`,
      );
    }
    await sleep(pollMs);
  }
}

function bothRun(status: Row): boolean {
  const receiver = status['Replica_IO_Running'] ?? status['Slave_IO_Running'];
  const applier = status['Replica_SQL_Running'] ?? status['Slave_SQL_Running'];
  return receiver === 'Yes' && applier === 'Yes';
}

async function binlogEnd(
  distribution: ServerDistribution,
  port: number,
  { root }: Accounts,
): Promise<FilePosition> {
  const [end] = await ask(port, root, [wordsOf(distribution).binlogEnd]);
  return { file: String(end?.['File']), offset: Number(end?.['Position']) };
}
