import type { Access } from '../../wiring/engine.ts';
import { clusterSchema } from '../../config/cluster-schema.ts';
import type { ClusterSettings } from '../../config/settings.ts';
import type { ClusterState } from '../../core/backend.ts';
import type { DatabaseUser } from '../../core/model/database-user.ts';
import { answered, type InstanceKey } from '../../core/model/instance.ts';
import { memberOf, type Topology } from '../../core/model/topology.ts';
import { spell } from '../../protocol/localizer.ts';
import { accessSentences } from '../language/access-sentences.ts';
import { askAddress } from '../commands/ask-address.ts';
import type { Which } from './credentials.ts';
import { chooseCluster, type CommandContext } from '../commands/command-context.ts';
import { askChoice, type Choice } from '../ui/dialogs.ts';
import type { MadeUser, UserContext } from './user-context.ts';
import { lookOnce, openAccess } from '../engine/open-access.ts';
import { settleUser } from './settle-user.ts';
import { targetOf } from '../commands/target.ts';
import { changeCluster } from '../engine/user-clusters.ts';
import { askAdmin, askHost, askName, askPasswordOf, askTask } from './user-questions.ts';
import { showErrorMessage, showInformationMessage } from '../ui/window.ts';

export async function createMonitorUser(context: CommandContext, argument: unknown): Promise<void> {
  await createFor(context, argument, 'monitor');
}

export async function createReplicationUser(
  context: CommandContext,
  argument: unknown,
): Promise<void> {
  await createFor(context, argument, 'replication');
}

async function createFor(context: CommandContext, argument: unknown, which: Which): Promise<void> {
  const hasClusters = context.watch.clusters.length > 0;
  const cluster = hasClusters
    ? (await chooseCluster(context, argument))?.settings
    : await draftByAddress(context);
  if (cluster === undefined) return;
  const { instance } = targetOf(argument);
  const on =
    which === 'replication'
      ? undefined
      : instance === undefined
        ? await askWhere(context, cluster.id)
        : aloneOn(context, cluster.id, instance);
  if (on === null) return;
  if (on !== undefined) {
    await createAlone(context, cluster, on);
    return;
  }
  const made = await makeUser({ context, cluster, which, isDraft: !hasClusters });
  if (made === undefined || !hasClusters) return;
  await keep(context, cluster, which, made);
}

/** The instance that the command is about, where making the user on the master would not bring it there. */
function aloneOn(
  context: CommandContext,
  cluster: string,
  instance: InstanceKey,
): InstanceKey | undefined {
  const topology = context.watch.cluster(cluster)?.backend.current()?.topology;
  return topology?.master === instance ? undefined : instance;
}

/**
 * Asked where the master lets our user in and others refuse it: those have to get it each alone. Undefined: on the master;
 * null: the person changed their mind.
 */
async function askWhere(
  context: CommandContext,
  cluster: string,
): Promise<InstanceKey | null | undefined> {
  const topology = context.watch.cluster(cluster)?.backend.current()?.topology;
  const master = topology === undefined ? undefined : memberOf(topology, topology.master);
  const refusing = topology === undefined ? [] : refusingUser(topology);
  if (master === undefined || refusing.length === 0 || answered(master) === undefined) {
    return undefined;
  }
  const { t } = context.words;
  const choices: readonly Choice<{ readonly on: InstanceKey | undefined }>[] = [
    ...refusing.map((on) => ({
      label: on,
      detail: t(accessSentences.userOnAlone),
      value: { on },
    })),
    {
      label: master.key,
      detail: t(accessSentences.userOnMaster),
      value: { on: undefined },
    },
  ];
  const chosen = await askChoice(cluster, t(accessSentences.userOnWhich), choices);
  return chosen === undefined ? null : chosen.on;
}

/** Members and neighbours that refuse our user, by name; none whose master it is. */
function refusingUser({ members, master, refusing = [] }: Topology): readonly InstanceKey[] {
  return [
    ...members.filter(
      ({ key, probe }) => key !== master && probe.kind === 'silent' && probe.reason === 'denied',
    ),
    ...refusing.map((it) => ({ key: it.instance })),
  ].map((it) => it.key);
}

/** With the name and the password that the settings have: the other instances let our user in with these. */
async function createAlone(
  context: CommandContext,
  cluster: ClusterSettings,
  on: InstanceKey,
): Promise<void> {
  const password = await context.passwords(cluster, 'monitor').catch(() => undefined);
  const made = await makeUser({ context, cluster, which: 'monitor', isDraft: false, on, password });
  if (made !== undefined) await context.restart();
}

async function draftByAddress({ words }: CommandContext): Promise<ClusterSettings | undefined> {
  const seed = await askAddress(words.t(accessSentences.placeType), words);
  return seed === undefined ? undefined : draftCluster(seed);
}

interface DraftWish {
  readonly addresses?: Readonly<Record<string, string>>;
  readonly network?: string | undefined;
  readonly user?: string;
}

/**
 * A cluster that is not in the settings, named by where it starts. Nobody said yet that it is a lab: another user of this
 * machine may have registered a port of it, and the seed may be the end of a tunnel to production.
 */
export function draftCluster(seed: string, wish: DraftWish = {}): ClusterSettings {
  const { addresses = {}, user = 'orc_client_user', network } = wish;
  const id = seed.replaceAll(/[^\p{L}\p{N}._-]/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '');
  const docker = network === undefined ? {} : { docker: { network } };
  return clusterSchema.parse({ id, seeds: [seed], user, addresses, ...docker });
}

/** Asks for everything, shows the statements, runs them as an administrator. Undefined: nothing was made, and that is told. */
export async function makeUser(userContext: UserContext): Promise<MadeUser | undefined> {
  const { context, cluster, which } = userContext;
  const task = await askTask(which, userContext);
  const name = task === undefined ? undefined : await nameFor(userContext);
  if (task === undefined || name === undefined) return undefined;
  const admin = await askAdmin(name, userContext);
  if (admin === undefined) return undefined;
  const access = await openAccess(context, {
    cluster,
    login: admin,
    confirmed: userContext.confirmed,
    on: userContext.on,
    records: false,
  });
  let host: string | undefined;
  try {
    const seen = await lookAs(access, admin.user, { userContext, task });
    host = seen === undefined ? undefined : await askHost(seen.hosts, userContext);
  } finally {
    access.close();
  }
  if (host === undefined) return undefined;
  const user: DatabaseUser = { name, host, task };
  const password = userContext.password ?? (await askPasswordOf(user, userContext));
  if (password === undefined) return undefined;
  const made = await settleUser({ ...userContext, admin, user, password });
  return made ? { name, password } : undefined;
}

/** One instance alone gets the user that the others have. */
async function nameFor(userContext: UserContext): Promise<string | undefined> {
  return userContext.on === undefined ? askName(userContext) : userContext.cluster.user;
}

/** From where the user would come, as the master sees it; undefined: nobody let the administrator in, and that is told. */
async function lookAs(
  access: Access,
  admin: string,
  { userContext, task }: { readonly userContext: UserContext; readonly task: DatabaseUser['task'] },
): Promise<{ readonly hosts: readonly string[] } | undefined> {
  const { context } = userContext;
  const title = context.words.t(accessSentences.lookingAs, { cluster: nameOf(userContext), admin });
  let hosts: readonly string[] = [];
  const state = await lookOnce(access, title, async ({ topology }, signal) => {
    const place = memberOf(topology, userContext.on ?? topology.master);
    hosts = place === undefined ? [] : await access.hostsSeenBy(place.address, task, signal);
  });
  if (state === undefined) return undefined;
  const problem = whyNobody(state, context);
  if (problem === undefined) return { hosts };
  const values = { cluster: nameOf(userContext), admin, says: problem };
  void showErrorMessage(context.words.t(accessSentences.nobodyAnswers, values));
  return undefined;
}

/** A draft has no name yet. */
function nameOf({ cluster, isDraft }: UserContext): string {
  return isDraft ? cluster.seeds.join(', ') : cluster.id;
}

function whyNobody({ topology }: ClusterState, { words }: CommandContext): string | undefined {
  const silent = topology.members.flatMap(({ probe }) =>
    probe.kind === 'silent' ? [spell(probe.says, words)] : [],
  );
  return silent.length === topology.members.length ? silent.join(' ') : undefined;
}

/** The password goes into the safe; another name than that of the settings is offered to them. */
async function keep(
  context: CommandContext,
  cluster: ClusterSettings,
  which: Which,
  { name, password }: MadeUser,
): Promise<void> {
  const { words, credentials, keeper } = context;
  const key = which === 'monitor' ? 'user' : 'replicationUser';
  if (cluster[key] !== name) {
    const use = words.t(accessSentences.userUseYes);
    const values = { user: name, cluster: cluster.id };
    const question = words.t(accessSentences.userUse, values);
    if ((await showInformationMessage(question, use)) !== use) return;
    await changeCluster(cluster.id, { [key]: name });
  }
  await credentials.keep({ ...cluster, [key]: name }, which, password);
  await context.restart();
  await keeper.renewMonitor(cluster.id);
}
