import type { CheckUp, DatabaseAccount } from '../model/check-up.ts';
import { answered, type InstanceKey } from '../model/instance.ts';
import { phrase, plain, type Phrase } from '../model/phrase.ts';
import { knownUserRefusedBy } from '../model/refused-login.ts';
import { isReplica, type DoctorRule, type Diagnosis, type DoctorSubject } from './doctor-rule.ts';
import { credentialsWrong } from './credentials.ts';
import { neighboursOf } from './login-fault.ts';

/** What keeps us, or a replica, out. */
export const accessRules: readonly DoctorRule[] = [
  {
    code: 'ReplicationCredentialsWrong',
    gravity: 'breaks',
    why: phrase(
      'It receives nothing, so it cannot be promoted, and what the master writes is safe nowhere else.',
    ),
    holds: credentialsWrong,
  },
  {
    code: 'MonitorUserRefused',
    gravity: 'breaks',
    why: phrase(
      'Nothing can be seen of it and nothing done with it: it is neither promoted nor moved.',
    ),
    holds: monitorUserRefused,
  },
  {
    code: 'ReplicationUserMissing',
    gravity: 'breaks',
    why: phrase('After a promotion no other server could replicate from it.'),
    holds: (subject) => missingOnMaster(subject) ?? missingOnReplica(subject),
  },
  {
    code: 'AccountConflict',
    gravity: 'breaks',
    why: phrase('It applies nothing any more: it falls behind for good and cannot be promoted.'),
    holds: accountConflict,
  },
  {
    code: 'MissingRights',
    gravity: 'breaks',
    why: phrase('A step of a recovery would be refused by the server, in the middle of it.'),
    holds: missingRights,
  },
  {
    code: 'OthersHidden',
    gravity: 'slows',
    why: phrase(
      'Any account can hold the lock that a promotion needs: unless its rights are seen, its session may be another Switchover, and is ended only after a quarter of an hour. The lock of a backup keeps writes out of a new master, and is not seen beforehand.',
    ),
    holds: othersHidden,
  },
];

function monitorUserRefused({ member, master }: DoctorSubject): Diagnosis | undefined {
  const { probe } = member;
  // Where the master lets our user in, the user did not come to this replica, or differs there.
  const alone = master !== undefined && answered(master) !== undefined;
  const on = alone ? member.key : (master?.key ?? member.key);
  if (probe.kind !== 'silent' || probe.reason !== 'denied') return undefined;
  const known = knownUserRefusedBy(probe.errno);
  return known !== undefined
    ? { ...refusesKnownUser(known, member.key), evidence: [probe.says] }
    : {
        says: phrase('{instance} does not let our user in.', { instance: member.key }),
        evidence: [probe.says],
        advice: phrase(
          'Create the user on the master, so that it replicates; on a replica that does not follow, on itself and not logged.',
        ),
        byHand: [{ on, instruction: { do: 'make-monitor-user', alone } }],
      };
}

/** To make the user again would not help: it is there. */
function refusesKnownUser(known: 'expired' | 'locked', instance: InstanceKey): Diagnosis {
  return known === 'expired'
    ? {
        says: phrase('{instance} does not let our user in: its password has expired.', {
          instance,
        }),
        advice: phrase(
          'Give the user a new password on the master with ALTER USER ... IDENTIFIED BY, and store it with Set Password….',
        ),
      }
    : {
        says: phrase('{instance} does not let our user in: its account is locked.', { instance }),
        advice: phrase('Unlock it on the master with ALTER USER ... ACCOUNT UNLOCK.'),
      };
}

function missingOnMaster(subject: DoctorSubject): Diagnosis | undefined {
  const { member, master, checkUp, policy } = subject;
  const { replicationUser: user } = policy;
  if (member.key !== master?.key || user === null || accountsOf(checkUp, user)?.length !== 0) {
    return undefined;
  }
  const [host = null] = answered(member)?.replicas.map((it) => it.host) ?? [];
  const account = { host: neighboursOf(host), exists: false, alone: false };
  return {
    says: phrase("{instance} has no user '{user}', which the settings name for replication.", {
      instance: member.key,
      user,
    }),
    advice: phrase('Create it on the master, so that it replicates.'),
    remedy: { account: { ...account, on: member.key } },
    byHand: [{ on: member.key, instruction: { do: 'make-account', account } }],
  };
}

/** While it does not follow, what the master has may simply not have arrived. */
function missingOnReplica(subject: DoctorSubject): Diagnosis | undefined {
  const { master, checkUp, checkUps, policy } = subject;
  const { replicationUser: user } = policy;
  const masters = checkUps.get(master?.key ?? '');
  return isReplica(subject) &&
    follows(subject) &&
    user !== null &&
    checkUp !== undefined &&
    masters !== undefined
    ? (absent(masters, checkUp, user) ?? otherPassword(masters, checkUp, user))
    : undefined;
}

function follows({ channel }: DoctorSubject): boolean {
  return channel?.receiver === 'yes' && channel.applier === 'yes';
}

function absent(master: CheckUp, replica: CheckUp, user: string): Diagnosis | undefined {
  const missing = absentHere(master, replica, user);
  const { instance } = replica;
  return missing === undefined
    ? undefined
    : onReplica(
        instance,
        { host: missing.host, exists: false, alone: true },
        {
          says: phrase("{instance} has no user '{user}'@'{host}', which its master has.", {
            instance,
            user,
            host: missing.host,
          }),
        },
      );
}

function otherPassword(master: CheckUp, replica: CheckUp, user: string): Diagnosis | undefined {
  const { instance } = replica;
  const [there] = accountsOf(replica, user) ?? [];
  return master.replicationLogin === 'accepted' && replica.replicationLogin === 'denied'
    ? onReplica(
        instance,
        { host: there?.host ?? '%', exists: there !== undefined, alone: true },
        {
          says: phrase(
            "{instance} does not let '{user}' in with the password that its master accepts.",
            { instance, user },
          ),
          provable: there !== undefined,
        },
      )
    : undefined;
}

function accountsOf(
  checkUp: CheckUp | undefined,
  user: string,
): readonly DatabaseAccount[] | undefined {
  return checkUp?.accounts?.filter((it) => it.user === user);
}

function absentHere(master: CheckUp, replica: CheckUp, user: string): DatabaseAccount | undefined {
  const own = accountsOf(replica, user);
  return own === undefined
    ? undefined
    : accountsOf(master, user)?.find((it) => !own.some(({ host }) => host === it.host));
}

function onReplica(
  instance: string,
  account: { readonly host: string; readonly exists: boolean; readonly alone: true },
  { says, provable = true }: { readonly says: Phrase; readonly provable?: boolean },
): Diagnosis {
  return {
    says,
    advice: phrase(
      'Create it there without writing it to the binary log, or it would be a transaction that the master lacks.',
    ),
    remedy: provable ? { account: { ...account, on: instance } } : null,
    byHand: [{ on: instance, instruction: { do: 'make-account', account } }],
  };
}

/** Somebody made an account here first; what its source says of it now cannot be applied. */
function accountConflict({ member, channel }: DoctorSubject): Diagnosis | undefined {
  const fault = channel?.applierError ?? null;
  if (fault?.code !== 1396) {
    return undefined;
  }
  const [, user, host] = /for '([^']*)'@'([^']*)'/.exec(fault.message) ?? [];
  const evidence = [plain(fault.message)];
  const { key } = member;
  return user !== undefined && host !== undefined
    ? {
        says: phrase(
          "{instance} stopped at a change of '{user}'@'{host}', which it has already or no longer.",
          { instance: key, user, host },
        ),
        evidence,
        advice: phrase(
          'Where its source creates the account, drop it here without writing that to the binary log; it then comes from the source.',
        ),
        byHand: [{ on: key, instruction: { do: 'drop-account', user, host } }],
      }
    : unnamedConflict(key, evidence);
}

/** With several appliers MySQL names the account only in its error log. */
function unnamedConflict(instance: string, evidence: readonly Phrase[]): Diagnosis {
  const account = { user: '<user>', host: '<host>' };
  return {
    says: phrase('{instance} stopped at a change of an account that it has already or no longer.', {
      instance,
    }),
    evidence,
    advice: phrase(
      'The error log of {instance} names the account. Where its source creates it, drop it here without writing that to the binary log; it then comes from the source.',
      { instance },
    ),
    byHand: [{ on: instance, instruction: { do: 'drop-account', ...account } }],
  };
}

function missingRights(subject: DoctorSubject): Diagnosis | undefined {
  const { member, checkUp } = subject;
  const rights = checkUp?.missingRights ?? [];
  const says = phrase("On {instance} our user '{user}' lacks rights: {rights}.", {
    instance: member.key,
    user: checkUp?.ourUser?.account.user ?? '',
    rights: rights.join(', '),
  });
  return toBeGranted(subject, rights, says, (it) => it.missingRights ?? []);
}

function othersHidden(subject: DoctorSubject): Diagnosis | undefined {
  const { member, checkUp } = subject;
  const rights = checkUp?.missingSight ?? [];
  const says = phrase(
    "On {instance} our user '{user}' may not see which rights and locks others hold, or how replicas log in: {rights}.",
    {
      instance: member.key,
      user: checkUp?.ourUser?.account.user ?? '',
      rights: rights.join(', '),
    },
  );
  return toBeGranted(subject, rights, says, (it) => it.missingSight ?? []);
}

/** Where the master lacks them too, one grant there reaches everybody. */
function whereToGrant(
  { member, master, checkUps }: DoctorSubject,
  lackedBy: (checkUp: CheckUp) => readonly string[],
): InstanceKey {
  const ofMaster = checkUps.get(master?.key ?? '');
  return master !== undefined && ofMaster !== undefined && lackedBy(ofMaster).length > 0
    ? master.key
    : member.key;
}

function toBeGranted(
  subject: DoctorSubject,
  rights: readonly string[],
  says: Phrase,
  lackedBy: (checkUp: CheckUp) => readonly string[],
): Diagnosis | undefined {
  const account = subject.checkUp?.ourUser?.account;
  if (rights.length === 0 || account === undefined) {
    return undefined;
  }
  const { master } = subject;
  const on = whereToGrant(subject, lackedBy);
  return {
    says,
    evidence:
      on === subject.member.key
        ? []
        : [phrase('Granted on {master}, they replicate.', { master: on })],
    advice: phrase('Grant them as an administrator.'),
    byHand: [
      {
        on,
        instruction: {
          do: 'grant-rights',
          rights,
          ...account,
          alone: on !== master?.key,
        },
      },
    ],
  };
}
