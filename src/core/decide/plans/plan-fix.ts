import type { DoctorItem, Remedy } from '../../model/doctor.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import type { SourceOptions } from '../../model/setting.ts';
import { memberOf, type Member } from '../../model/topology.ts';
import {
  closeForGood,
  stopReceiver,
  stopReplication,
  verifyReplicating,
  waitUntilApplied,
} from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fixChecks, stops, type FixContext } from '../candidates/fix-checks.ts';
import { holdOn } from '../planning-context.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from '../steps/steps.ts';

const asItIs: SourceOptions = {
  credentials: false,
  publicKey: false,
  byGtid: false,
  heartbeatSeconds: null,
  connectRetrySeconds: null,
  retryCount: null,
};

/** Mends what the doctor found on one instance; null where only a person can. */
export function planFix(context: FixContext, item: DoctorItem): Decision | null {
  const member = memberOf(context.topology, item.instance);
  const { remedy } = item;
  if (remedy === null || member === undefined) {
    return null;
  }
  const checks = fixChecks(context, member, remedy);
  const refused = holdOn(checks, insteadOf(remedy));
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(context, member, remedy));
  return {
    kind: 'act',
    plan: {
      kind: 'fix',
      cluster: context.topology.cluster,
      subject: member.key,
      oldMaster: null,
      newMaster: context.topology.master ?? member.key,
      headline: phrase('Fix {item} on {instance}', { item: item.code, instance: member.key }),
      checks,
      stages,
      effects: {
        writeStop: writeStopOf(context, remedy),
        mayLose: [],
        leftBehind: [],
        undo: undoOf(context, member, remedy),
      },
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
      fixes: item.code,
    },
  };
}

const makesWritesWait: ReadonlySet<string> = new Set([
  'semi_sync_timeout',
  'semi_sync_waits_without_replicas',
]);

/** A master that waits for its replicas waits for this one too. */
function writeStopOf({ topology }: FixContext, remedy: Remedy): Phrase {
  const source = answered(memberOf(topology, topology.master))?.semiSync.source;
  if (remedy.settings?.some(({ name }) => makesWritesWait.has(name)) === true) {
    return phrase('From now on writes wait as long as too few replicas acknowledge.');
  }
  return stops(remedy) && source?.enabled === true
    ? phrase('Writes may wait for an acknowledgement for a moment: no master is closed.')
    : phrase('Writes go on: no master is closed.');
}

function insteadOf({ options, account }: Remedy): readonly Phrase[] {
  return [
    ...(options?.credentials === true || account !== undefined
      ? [
          phrase(
            'Name the replication user in the settings and set its password in Switchover (Set Password…), then fix it again.',
          ),
        ]
      : []),
    ...(account === undefined
      ? []
      : [phrase('Or let Create Replication User… make it as an administrator.')]),
    phrase('Mend what the failed checks name, or run the statements by hand.'),
  ];
}

function undoOf(context: FixContext, { key }: Member, { settings = [], account }: Remedy): Phrase {
  const known = context.checkUps.get(key)?.settings ?? {};
  const before = settings.map(({ name }) => `${name} = ${known[name] ?? '?'}`).join(', ');
  if (before !== '') {
    return phrase('By hand: set it back ({before}).', { before });
  }
  return account === undefined
    ? phrase('By hand.')
    : phrase('By hand: drop the account again, if nobody uses it.');
}

function stagesOf(context: FixContext, member: Member, remedy: Remedy): readonly DraftStage[] {
  const { key } = member;
  const keep = remedy.passing !== true;
  const settings = (remedy.settings ?? []).map((it) => setting(context, key, it, keep));
  const accounts: DraftStage = {
    title: phrase('Make the account'),
    lanes: [accountLane(context, remedy)],
    onFailure: 'undo',
  };
  if (!stops(remedy)) {
    const closing = remedy.closes === true ? [closeForGood(context, key)] : [];
    return [
      accounts,
      {
        title: phrase('Change {instance}', { instance: key }),
        lanes: [[...closing, ...settings]],
        onFailure: 'report',
      },
    ];
  }
  return [accounts, ...changeWhileStopped(context, member, remedy, settings)];
}

/** Everything received is applied first: some releases throw the relay log away when they are told of a change. */
function changeWhileStopped(
  context: FixContext,
  { key, source }: Member,
  { options }: Remedy,
  settings: readonly Draft[],
): readonly DraftStage[] {
  const stop = draft(
    context,
    key,
    { do: 'stop-replication' },
    { says: stopReplication(key), undo: { do: 'start-replication' } },
  );
  const start = draft(
    context,
    key,
    { do: 'start-replication' },
    { says: phrase('Start replication on {instance}.', { instance: key }) },
  );
  return [
    {
      title: phrase('Let {instance} apply what it received', { instance: key }),
      lanes: [[stopReceiver(context, key), waitUntilApplied(context, key), stop]],
      onFailure: 'undo',
    },
    {
      title: phrase('Change {instance}', { instance: key }),
      lanes: [[...settings, ...changeOptions(context, key, options)]],
      onFailure: 'undo',
    },
    {
      title: phrase('Let it follow again'),
      lanes: [[start, verifyReplicating(context, key, source ?? key)]],
      onFailure: 'report',
    },
  ];
}

function changeOptions(
  context: FixContext,
  on: InstanceKey,
  options: Remedy['options'],
): readonly Draft[] {
  const says = phrase('Tell {instance} what is new about its source.', { instance: on });
  return options === undefined
    ? []
    : [draft(context, on, { do: 'change-source-options', ...asItIs, ...options }, { says })];
}

function setting(
  context: FixContext,
  on: InstanceKey,
  { name, value }: NonNullable<Remedy['settings']>[number],
  keep: boolean,
): Draft {
  const says = phrase('Set {name} to {value} on {instance}.', { name, value, instance: on });
  return draft(context, on, { do: 'set-variable', name, value, keep }, { says });
}

/** Where even administrators may not write, that is lifted for the moment; ordinary users stay out all the time. */
function accountLane(context: FixContext, { account }: Remedy): readonly Draft[] {
  if (account === undefined) {
    return [];
  }
  const { on, ...made } = account;
  const user = context.policy.replicationUser ?? '?';
  const make = draft(
    context,
    on,
    { do: 'make-account', ...made },
    {
      says: account.exists
        ? phrase("Give '{user}'@'{host}' on {instance} the password kept in Switchover.", {
            user,
            host: made.host,
            instance: on,
          })
        : phrase("Create '{user}'@'{host}' on {instance}.", {
            user,
            host: made.host,
            instance: on,
          }),
    },
  );
  const closed = answered(memberOf(context.topology, on))?.superReadOnly === true;
  return closed
    ? [superReadOnly(context, on, 'OFF'), make, superReadOnly(context, on, 'ON')]
    : [make];
}

function superReadOnly(context: FixContext, on: InstanceKey, value: 'ON' | 'OFF'): Draft {
  const action = { do: 'set-variable', name: 'super_read_only', keep: false } as const;
  const says = phrase('Set {name} to {value} on {instance}.', {
    name: action.name,
    value,
    instance: on,
  });
  return draft(
    context,
    on,
    { ...action, value },
    value === 'OFF' ? { says, undo: { ...action, value: 'ON' } } : { says },
  );
}
