import { accountName, type AccountState, type DatabaseUser } from '../../model/database-user.ts';
import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check, Decision, Effects } from '../../model/plan.ts';
import { isToConfirm, memberOf, type Member, type Topology } from '../../model/topology.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  check,
  failed,
  holdOn,
  passed,
  warned,
  type PlanningContext,
} from '../planning-context.ts';
import { newPasswordCheck } from '../candidates/new-password-check.ts';
import { plainPasswordCheck } from '../candidates/plain-password-check.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from '../steps/steps.ts';
import { userNameChecks } from '../candidates/name-limit-checks.ts';

/** The user that somebody wants, and what is known of it. */
export interface UserWish {
  readonly user: DatabaseUser;
  /** One that exists gets the password and the rights anew; false: it is left alone. */
  readonly anew: boolean;
}

/** How an instance comes to have the user. */
type Way = 'by-replication' | 'alone' | 'silent';

/** A replica that waits longer than this on purpose gets the user by itself, in seconds. */
const patienceSeconds = 5;

/**
 * Makes a user on the master, so that it replicates, and looks for it everywhere. Where replication does not bring it,
 * it is made there alone, outside the binary log: it would else be a transaction that the master does not have.
 */
export function planCreateUser(context: PlanningContext, master: Member, wish: UserWish): Decision {
  const { topology } = context;
  const server = answered(master);
  const replicas = topology.members.filter((it) => it.key !== master.key);
  const ways = new Map(replicas.map((it) => [it.key, wayTo(topology, it)] as const));
  const checks = [
    modeCheck(context),
    ...(server === undefined
      ? [silentCheck(master)]
      : [
          check(
            !server.readOnly,
            phrase('{instance} takes writes', { instance: master.key }),
            plain(`read_only ${server.readOnly ? 'ON' : 'OFF'}`),
          ),
        ]),
    ...plainPasswordCheck(master.key, server),
    ...newPasswordCheck(context, wish.user),
    ...userNameChecks(master.key, server, wish.user),
    existenceCheck(context, master.key, wish),
    ...replicas.map((it) => replicaCheck(it, ways.get(it.key))),
  ];
  const refused = holdOn(checks, insteadOf(context, master, wish));
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(context, master, { wish, replicas, ways }));
  const values = { account: accountName(wish.user), instance: master.key };
  return {
    kind: 'act',
    plan: {
      kind: 'create-user',
      cluster: topology.cluster,
      subject: master.key,
      oldMaster: null,
      newMaster: master.key,
      headline: isThere(context, master.key)
        ? phrase('Give {account} on {instance} its password and rights anew', values)
        : phrase('Create {account} on {instance}', values),
      checks,
      stages,
      effects: effectsOf(topology, master, { wish, replicas, ways }),
      fingerprint: fingerprintOf(topology),
      budgetMs: budgetOf(stages),
    },
  };
}

export function isThere({ accounts }: PlanningContext, key: InstanceKey): boolean {
  return accounts?.get(key) === 'present';
}

export function silentCheck(master: Member): Check {
  const says = phrase('{instance} answers', { instance: master.key });
  return failed(says, master.probe.kind === 'silent' ? master.probe.says : plain(master.key));
}

export function existenceCheck(
  context: PlanningContext,
  key: InstanceKey,
  { user, anew }: UserWish,
): Check {
  const state: AccountState = context.accounts?.get(key) ?? 'unknown';
  const values = { account: accountName(user), instance: key };
  if (state === 'unknown') {
    return warned(
      phrase('Whether {account} exists on {instance} is known', values),
      phrase('it could not be asked; the server refuses one that exists'),
    );
  }
  const says = phrase('{account} does not exist on {instance} yet', values);
  if (state === 'absent') {
    return passed(says, phrase('none'));
  }
  return anew
    ? warned(says, phrase('it exists, and gets its password and rights anew'))
    : failed(says, phrase('it exists already'));
}

function insteadOf(
  context: PlanningContext,
  master: Member,
  { anew }: UserWish,
): readonly Phrase[] {
  if (isThere(context, master.key) && !anew) {
    return [
      phrase(
        'Use the user that exists, choose another name, or ask for its password to be set anew.',
      ),
    ];
  }
  return answered(master)?.readOnly === true
    ? [phrase('Make the user where writes go: open the master first, or promote a replica.')]
    : [phrase('Mend what the failed checks name.')];
}

function wayTo(topology: Topology, member: Member, seen: readonly InstanceKey[] = []): Way {
  return isBesideMaster(topology, member) && answered(member) !== undefined
    ? 'by-replication'
    : wayByReplication(topology, member, seen);
}

/** Whether what the master does reaches an instance by replication, soon. */
function wayByReplication(
  topology: Topology,
  member: Member,
  seen: readonly InstanceKey[] = [],
): Way {
  const server = answered(member);
  if (server === undefined) {
    return 'silent';
  }
  const source = memberOf(topology, member.source);
  if (source === undefined || seen.includes(member.key) || !replicatesAll(server)) {
    return 'alone';
  }
  if (source.key === topology.master) {
    return 'by-replication';
  }
  const above = wayTo(topology, source, [...seen, member.key]);
  return above === 'by-replication' && answered(source)?.logsReplicaUpdates === true
    ? 'by-replication'
    : 'alone';
}

/** The group brings it what its primary writes. */
function isBesideMaster(topology: Topology, member: Member): boolean {
  return member.inGroup === true && memberOf(topology, topology.master)?.inGroup === true;
}

function replicatesAll({ channels }: Server): boolean {
  const [channel] = channels;
  return (
    channel !== undefined &&
    channel.receiver === 'yes' &&
    channel.applier === 'yes' &&
    !channel.filtered &&
    channel.delaySeconds <= patienceSeconds &&
    (channel.lagSeconds ?? 0) <= patienceSeconds
  );
}

function replicaCheck(member: Member, way: Way | undefined): Check {
  const says = phrase('{instance} gets it by replication', { instance: member.key });
  if (way === 'by-replication') {
    return passed(says, phrase('it replicates'));
  }
  if (way === 'silent' && member.probe.kind === 'silent') {
    return warned(says, member.probe.says);
  }
  return warned(says, whyAlone(answered(member)));
}

function whyAlone(server: Server | undefined): Phrase {
  const channel = server?.channels[0];
  if (channel === undefined) return phrase('it reads from nobody');
  if (channel.receiver !== 'yes' || channel.applier !== 'yes') {
    return phrase('it does not replicate now');
  }
  if (channel.filtered) return phrase('it has replication filters');
  return phrase('it is late');
}

interface Parts {
  readonly wish: UserWish;
  readonly replicas: readonly Member[];
  readonly ways: ReadonlyMap<InstanceKey, Way>;
}

function stagesOf(context: PlanningContext, master: Member, parts: Parts): readonly DraftStage[] {
  const { wish, replicas, ways } = parts;
  const lonely = replicas.filter((it) => ways.get(it.key) === 'alone');
  const asked = [master, ...replicas.filter((it) => ways.get(it.key) !== 'silent')];
  return [
    {
      title: phrase('On the master, from where it replicates'),
      lanes: [[creation(context, master.key, wish, false)]],
      onFailure: 'undo',
    },
    {
      title: phrase('On replicas that need it by themselves, outside the binary log'),
      lanes: lonely
        .filter((it) => wish.anew || !isThere(context, it.key))
        .map((it) => [creation(context, it.key, wish, true)]),
      onFailure: 'report',
    },
    {
      title: phrase('Look for it everywhere'),
      lanes: asked.map((it) => [verification(context, it.key, wish.user)]),
      onFailure: 'report',
    },
  ];
}

export function creation(
  context: PlanningContext,
  key: InstanceKey,
  wish: UserWish,
  alone: boolean,
): Draft {
  const { user } = wish;
  const values = { account: accountName(user), instance: key };
  const how = isThere(context, key) ? 'alter' : 'create';
  return draft(
    context,
    key,
    { do: 'create-user', user, how, alone },
    {
      says:
        how === 'alter'
          ? phrase('Give {account} on {instance} its password and rights anew.', values)
          : phrase('Create {account} on {instance} with the rights that it needs.', values),
    },
  );
}

export function verification(
  context: PlanningContext,
  key: InstanceKey,
  user: DatabaseUser,
): Draft {
  const values = { account: accountName(user), instance: key };
  return draft(
    context,
    key,
    { do: 'verify-user', user },
    { says: phrase('Wait until {instance} has {account}, and log in with it.', values) },
  );
}

function effectsOf(
  { outsiders = [] }: Topology,
  master: Member,
  { wish, replicas, ways }: Parts,
): Effects {
  const values = { account: accountName(wish.user), instance: master.key };
  return {
    writeStop: phrase('Writes go on: only an account is changed.'),
    mayLose: [],
    leftBehind: [
      ...replicas
        .filter((it) => ways.get(it.key) === 'silent')
        .map((it) => ({ instance: it.key, because: whySilent(it) })),
      ...outsiders.filter(isToConfirm).map((it) => ({
        instance: it.key,
        because: phrase(
          "it is not a confirmed member, so the administrator's password is not sent there",
        ),
      })),
    ],
    undo: phrase('By hand: remove {account} on {instance}.', values),
  };
}

function whySilent({ probe }: Member): Phrase {
  if (probe.kind === 'silent' && probe.reason === 'denied') {
    return phrase(
      'the administrator cannot log in there; run the statements there yourself, with sql_log_bin off',
    );
  }
  return phrase('it does not answer; it gets the user when it replicates again');
}
