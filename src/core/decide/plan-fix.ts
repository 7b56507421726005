import type { DoctorItem, Remedy } from '../model/doctor.ts';
import { answered, type InstanceKey } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import type { SourceOptions } from '../model/setting.ts';
import { memberOf, type Member } from '../model/topology.ts';
import {
  closeForGood,
  stopReceiver,
  stopReplication,
  verifyReplicating,
  waitUntilApplied,
} from './drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fixChecks, stops, type FixGround } from './fix-checks.ts';
import { holdOn } from './ground.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from './steps.ts';

const asItIs: SourceOptions = {
  credentials: false,
  publicKey: false,
  byGtid: false,
  heartbeatSeconds: null,
  connectRetrySeconds: null,
  retryCount: null,
};

/** Mends what the doctor found on one instance; null where only a person can. */
export function planFix(ground: FixGround, item: DoctorItem): Decision | null {
  const member = memberOf(ground.topology, item.instance);
  const { remedy } = item;
  if (remedy === null || member === undefined) {
    return null;
  }
  const checks = fixChecks(ground, member, remedy);
  const refused = holdOn(checks, insteadOf(remedy));
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(ground, member, remedy));
  return {
    kind: 'act',
    plan: {
      kind: 'fix',
      cluster: ground.topology.cluster,
      subject: member.key,
      oldMaster: null,
      newMaster: ground.topology.master ?? member.key,
      headline: phrase('Fix {item} on {instance}', { item: item.code, instance: member.key }),
      checks,
      stages,
      effects: {
        writeStop: writeStopOf(ground, remedy),
        mayLose: [],
        leftBehind: [],
        undo: undoOf(ground, member, remedy),
      },
      fingerprint: fingerprintOf(ground.topology),
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
function writeStopOf({ topology }: FixGround, remedy: Remedy): Phrase {
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

function undoOf(ground: FixGround, { key }: Member, { settings = [], account }: Remedy): Phrase {
  const known = ground.checkUps.get(key)?.settings ?? {};
  const before = settings.map(({ name }) => `${name} = ${known[name] ?? '?'}`).join(', ');
  if (before !== '') {
    return phrase('By hand: set it back ({before}).', { before });
  }
  return account === undefined
    ? phrase('By hand.')
    : phrase('By hand: drop the account again, if nobody uses it.');
}

function stagesOf(ground: FixGround, member: Member, remedy: Remedy): readonly DraftStage[] {
  const { key } = member;
  const keep = remedy.passing !== true;
  const settings = (remedy.settings ?? []).map((it) => setting(ground, key, it, keep));
  const accounts: DraftStage = {
    title: phrase('Make the account'),
    lanes: [accountLane(ground, remedy)],
    onFailure: 'undo',
  };
  if (!stops(remedy)) {
    const closing = remedy.closes === true ? [closeForGood(ground, key)] : [];
    return [
      accounts,
      {
        title: phrase('Change {instance}', { instance: key }),
        lanes: [[...closing, ...settings]],
        onFailure: 'report',
      },
    ];
  }
  return [accounts, ...changeWhileStopped(ground, member, remedy, settings)];
}

/** Everything received is applied first: some releases throw the relay log away when they are told of a change. */
function changeWhileStopped(
  ground: FixGround,
  { key, source }: Member,
  { options }: Remedy,
  settings: readonly Draft[],
): readonly DraftStage[] {
  const stop = draft(
    ground,
    key,
    { do: 'stop-replication' },
    { says: stopReplication(key), undo: { do: 'start-replication' } },
  );
  const start = draft(
    ground,
    key,
    { do: 'start-replication' },
    { says: phrase('Start replication on {instance}.', { instance: key }) },
  );
  return [
    {
      title: phrase('Let {instance} apply what it received', { instance: key }),
      lanes: [[stopReceiver(ground, key), waitUntilApplied(ground, key), stop]],
      onFailure: 'undo',
    },
    {
      title: phrase('Change {instance}', { instance: key }),
      lanes: [[...settings, ...changeOptions(ground, key, options)]],
      onFailure: 'undo',
    },
    {
      title: phrase('Let it follow again'),
      lanes: [[start, verifyReplicating(ground, key, source ?? key)]],
      onFailure: 'report',
    },
  ];
}

function changeOptions(
  ground: FixGround,
  on: InstanceKey,
  options: Remedy['options'],
): readonly Draft[] {
  const says = phrase('Tell {instance} what is new about its source.', { instance: on });
  return options === undefined
    ? []
    : [draft(ground, on, { do: 'change-source-options', ...asItIs, ...options }, { says })];
}

function setting(
  ground: FixGround,
  on: InstanceKey,
  { name, value }: NonNullable<Remedy['settings']>[number],
  keep: boolean,
): Draft {
  const says = phrase('Set {name} to {value} on {instance}.', { name, value, instance: on });
  return draft(ground, on, { do: 'set-variable', name, value, keep }, { says });
}

/** Where even administrators may not write, that is lifted for the moment; ordinary users stay out all the time. */
function accountLane(ground: FixGround, { account }: Remedy): readonly Draft[] {
  if (account === undefined) {
    return [];
  }
  const { on, ...made } = account;
  const user = ground.policy.replicationUser ?? '?';
  const make = draft(
    ground,
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
  const closed = answered(memberOf(ground.topology, on))?.superReadOnly === true;
  return closed
    ? [superReadOnly(ground, on, 'OFF'), make, superReadOnly(ground, on, 'ON')]
    : [make];
}

function superReadOnly(ground: FixGround, on: InstanceKey, value: 'ON' | 'OFF'): Draft {
  const action = { do: 'set-variable', name: 'super_read_only', keep: false } as const;
  const says = phrase('Set {name} to {value} on {instance}.', {
    name: action.name,
    value,
    instance: on,
  });
  return draft(
    ground,
    on,
    { ...action, value },
    value === 'OFF' ? { says, undo: { ...action, value: 'ON' } } : { says },
  );
}
