import { Command, Option } from 'commander';
import { readAddress } from '../../config/address.ts';
import { objectionTo } from '../../config/database-user-schema.ts';
import type { ClusterSettings } from '../../config/settings.ts';
import type { DatabaseUser, UserTask } from '../../core/model/database-user.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { hostPatternsFor } from '../../core/model/host-pattern.ts';
import { isToConfirm, memberOf, type Member, type Topology } from '../../core/model/topology.ts';
import { demandConfirmation, settle } from './change.ts';
import { chooseClusters } from './choose-clusters.ts';
import { readConfig, type Config } from '../config-file.ts';
import type { Access } from '../engine-type.ts';
import { findInstance } from './find-instance.ts';
import { wrongUse, type ExitCode } from '../exit-code.ts';
import type { Perform } from '../perform.ts';
import { configPlaceOf, demandAnswers, logTo, stateDirOf, type Run } from '../run.ts';

interface Options {
  readonly monitor?: boolean;
  readonly replication?: boolean;
  readonly task: 'observe' | 'manage' | 'manage-events';
  readonly user?: string;
  readonly host?: string;
  readonly admin: string;
  readonly on?: string;
  readonly anew?: boolean;
  readonly dryRun?: boolean;
}

export function createUserCommand(perform: Perform): Command {
  return new Command('create-user')
    .description(
      'create the monitor user or the replication user on the master, with the least rights',
    )
    .argument('<CLUSTER>')
    .option('--monitor', 'the user of the settings that watches and acts')
    .option('--replication', 'the user of the settings that replicas connect with')
    .addOption(
      new Option('--task <TASK>', 'what the monitor user may do')
        .choices(['observe', 'manage', 'manage-events'])
        .default('manage'),
    )
    .option('--user <NAME>', 'another name than the settings give')
    .option('--host <PATTERN>', 'from where it may connect, such as 172.%; else as is seen')
    .requiredOption(
      '--admin <USER>',
      'who creates it; the password is in SWITCHOVER_ADMIN_PASSWORD',
    )
    .option(
      '--on <INSTANCE>',
      'on this instance alone, for one that replication does not bring it to',
    )
    .option('--anew', 'give one that exists its password and rights anew')
    .option('--dry-run', 'print the statements and change nothing')
    .action((cluster: string, options: Options) =>
      perform((run) => createUser(run, cluster, options)),
    );
}

async function createUser(run: Run, id: string, options: Options): Promise<ExitCode> {
  const config = readConfig(run.io, configPlaceOf(run));
  const { clusters, warnings } = chooseClusters(config, [id]);
  warnings.forEach(run.warn);
  const [cluster] = clusters;
  if (cluster === undefined) throw wrongUse(`The cluster ${id} could not be opened.`);
  const { which, name } = meant(cluster, options);
  if (options.dryRun !== true) demandConfirmation(run, { clusters });
  const access = await open(run, config, { cluster, options, which });
  try {
    const state = await access.backend.refresh(run.io.signal);
    demandAnswers([state]);
    const { topology } = state;
    warnOfOthers(topology, options, run);
    const place = placeOf(topology, options);
    const task: UserTask = which === 'replication' ? 'replication' : options.task;
    const host = options.host ?? (await seenHost(access, task, place?.address, run));
    const user: DatabaseUser = { name, host, task };
    demandRight(user);
    return await settle(run, access.backend, {
      wish: {
        kind: 'create-user',
        instance: place?.key ?? topology.members[0]?.key ?? '',
        user,
        anew: options.anew === true,
      },
      state,
      dryRun: options.dryRun === true,
    });
  } finally {
    access.close();
  }
}

/** Whom the administrator's password did not go to. */
function warnOfOthers({ cluster, outsiders = [] }: Topology, { admin }: Options, run: Run): void {
  const names = outsiders.filter(isToConfirm).map((it) => it.key);
  if (names.length === 0) return;
  run.warn(
    `note: ${admin} logs in to confirmed members only, which these are not: ${names.join(', ')}. Confirm what belongs to the cluster: switchover members ${cluster} --confirm HOST:PORT`,
  );
}

/** The master, from where the user replicates, or the instance that is to have it alone. */
function placeOf(topology: Topology, { on }: Options): Member | undefined {
  return memberOf(topology, on === undefined ? topology.master : findInstance(topology, on));
}

/** Whose name and password are meant. */
function meant(
  cluster: ClusterSettings,
  { monitor, replication, user, admin }: Options,
): { readonly which: 'monitor' | 'replication'; readonly name: string } {
  if ((monitor === true) === (replication === true)) {
    throw wrongUse('Say either --monitor or --replication.');
  }
  const which = monitor === true ? 'monitor' : 'replication';
  const name = user ?? (monitor === true ? cluster.user : cluster.replicationUser);
  if (name === undefined) {
    throw wrongUse(`${cluster.id} names no replicationUser: set it, or give --user NAME.`);
  }
  if (name === admin) {
    throw wrongUse(`${name} is the administrator itself: the user to create needs another name.`);
  }
  return { which, name };
}

async function open(
  run: Run,
  config: Config,
  ask: {
    readonly cluster: ClusterSettings;
    readonly options: Options;
    readonly which: 'monitor' | 'replication';
  },
): Promise<Access> {
  const { cluster, options, which } = ask;
  const { env } = run.io;
  const parts = await run.io.parts();
  const newPassword = await parts.createPasswords(env, config.folder)(cluster, which);
  if (newPassword === undefined && options.dryRun !== true) {
    const variable =
      which === 'monitor' ? 'SWITCHOVER_PASSWORD' : 'SWITCHOVER_REPLICATION_PASSWORD';
    throw wrongUse(`The password of the new user is not known: put it into ${variable}.`);
  }
  if (env['SWITCHOVER_ADMIN_PASSWORD'] === undefined) {
    run.warn(`note: SWITCHOVER_ADMIN_PASSWORD is not set: ${options.admin} logs in without one.`);
  }
  return parts.createAccess({
    settings: config.settings,
    cluster,
    login: { user: options.admin, password: env['SWITCHOVER_ADMIN_PASSWORD'] },
    newPassword,
    // Whoever names an instance means the password to go there.
    confirmed: options.on === undefined ? [] : namedKey(options.on),
    stateDir: stateDirOf(run),
    log: logTo(run),
    baseDir: config.folder,
  });
}

function namedKey(named: string): readonly InstanceKey[] {
  const read = readAddress(named);
  return read.kind === 'read' && /:\d+$/.test(named.trim()) ? [read.key] : [];
}

async function seenHost(
  access: Access,
  task: UserTask,
  address: string | undefined,
  run: Run,
): Promise<string> {
  const seen = address === undefined ? [] : await access.hostsSeenBy(address, task, run.io.signal);
  return hostPatternsFor(seen)[0] ?? '%';
}

function demandRight(user: DatabaseUser): void {
  for (const field of ['name', 'host'] as const) {
    const objection = objectionTo(field, user[field]);
    const option = field === 'name' ? '--user' : '--host';
    if (objection !== undefined) throw wrongUse(`${option}: ${objection}.`);
  }
}
