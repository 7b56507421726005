import type { CheckUp } from '../model/check-up.ts';
import { hostMatches } from '../model/host-pattern.ts';
import { phrase, plain, type Phrase } from '../model/phrase.ts';
import { answered, type Channel, type ReplicationFault } from '../model/instance.ts';
import { replicasOf } from '../model/topology.ts';
import type { Diagnosis, DoctorSubject } from './doctor-rule.ts';
import { cureOf, neighboursOf, turnedAwayIn } from './login-fault.ts';

/** Names in every sentence about a replica that is turned away. */
interface Names {
  readonly instance: string;
  readonly source: string;
  readonly user: string;
  readonly host: string;
}

/** A replica that its source does not let in: which of the two is wrong, and what cures it. */
export function credentialsWrong(subject: DoctorSubject): Diagnosis | undefined {
  const { channel } = subject;
  const fault = channel?.receiverError ?? null;
  const cure = fault === null ? undefined : cureOf(fault);
  if (channel === undefined || fault === null || channel.receiver === 'yes' || cure === undefined) {
    return undefined;
  }
  const names = namesIn(subject, channel, fault);
  const evidence = [
    phrase('{source} answers {instance} with error {code}: {message}', {
      ...names,
      code: fault.code,
      message: plain(fault.message),
    }),
    ...othersLetIn(subject, names),
  ];
  const found = { password, expired, locked, account, key, right, other }[cure](subject, names);
  return { ...found, evidence: [...evidence, ...(found.evidence ?? [])] };
}

/** As the source saw it, where its words tell. */
function namesIn(
  { member, source }: DoctorSubject,
  { user }: Channel,
  { message }: ReplicationFault,
): Names {
  const away = turnedAwayIn(message);
  return {
    instance: member.key,
    source: source?.key ?? member.source ?? '?',
    user: away.user ?? user,
    host: away.host ?? '?',
  };
}

/** Others that log in as the same user show that its account works. */
function othersLetIn({ topology, source, member }: DoctorSubject, names: Names): readonly Phrase[] {
  const others = replicasOf(topology, source?.key ?? '')
    .filter((it) => it.key !== member.key)
    .filter((it) => {
      const channel = answered(it)?.channels[0];
      return channel?.receiver === 'yes' && channel.user === names.user;
    })
    .map((it) => it.key);
  return others.length === 0
    ? []
    : [
        phrase("{others} is let in as '{user}': {source} has that user.", {
          others: others.join(', '),
          user: names.user,
          source: names.source,
        }),
      ];
}

function password(subject: DoctorSubject, names: Names): Diagnosis {
  const asked = subject.checkUps.get(names.source);
  const accounts = accountsOf(asked, names.user);
  const fitting = accounts?.find((it) => hostMatches(it.host, names.host));
  if (accounts !== null && fitting === undefined) {
    return withoutAccount(
      subject,
      names,
      accounts.map((it) => it.host),
    );
  }
  const login = asked?.replicationLogin ?? null;
  return login === 'denied' ? bothWrong(names, fitting?.host ?? '%') : replicaWrong(names, login);
}

/** Null where they could not be asked. */
function accountsOf(asked: CheckUp | undefined, user: string): CheckUp['accounts'] {
  return asked?.accounts?.filter((it) => it.user === user) ?? null;
}

function bothWrong(names: Names, host: string): Diagnosis {
  return {
    says: phrase(
      "{instance} cannot log in to {source} as '{user}'@'{host}': neither the password that {instance} holds nor the one kept in Switchover is that of {source}.",
      { ...names },
    ),
    advice: phrase(
      'Set the password that {source} has in Switchover, then fix it; or set a new one on {source}.',
      { source: names.source },
    ),
    byHand: changeThere(names, host),
  };
}

function replicaWrong(names: Names, login: CheckUp['replicationLogin']): Diagnosis {
  return {
    says: phrase(
      "{instance} cannot log in to {source} as '{user}'@'{host}': the password that {instance} holds is not the one of {source}.",
      { ...names },
    ),
    evidence:
      login === 'accepted'
        ? [phrase('{source} accepts the password kept in Switchover.', { source: names.source })]
        : [],
    advice: phrase('Give {instance} the replication password that is kept in Switchover.', {
      instance: names.instance,
    }),
    remedy: { options: { credentials: true } },
  };
}

function changeThere(names: Names, host: string): NonNullable<Diagnosis['byHand']> {
  return [
    {
      on: names.source,
      instruction: { do: 'make-account', account: { host, exists: true, alone: false } },
    },
  ];
}

function account(subject: DoctorSubject, names: Names): Diagnosis {
  const asked = subject.checkUps.get(names.source)?.accounts ?? [];
  return withoutAccount(
    subject,
    names,
    asked.map((it) => it.host),
  );
}

function withoutAccount(
  { channel, master }: DoctorSubject,
  names: Names,
  hosts: readonly string[],
): Diagnosis {
  const wanted = { host: neighboursOf(names.host === '?' ? null : names.host), exists: false };
  const alone = names.source !== master?.key;
  return {
    says: phrase(
      "{instance} cannot log in to {source} as '{user}'@'{host}': {source} has no account of '{user}' for that host.",
      { ...names },
    ),
    evidence:
      hosts.length === 0
        ? []
        : [
            phrase('{source} has that user for these hosts only: {hosts}.', {
              source: names.source,
              hosts: hosts.join(', '),
            }),
          ],
    advice: phrase("Create '{user}'@'{wanted}' on {source}.", {
      user: names.user,
      wanted: wanted.host,
      source: names.source,
    }),
    remedy: {
      account: { ...wanted, alone, on: names.source },
      options: { credentials: true },
    },
    byHand: [
      { on: names.source, instruction: { do: 'make-account', account: { ...wanted, alone } } },
    ],
    ...(channel === undefined ? { remedy: null } : {}),
  };
}

function key({ source }: DoctorSubject, names: Names): Diagnosis {
  const offers = answered(source)?.offersTls === true;
  return {
    says: phrase(
      "{instance} cannot log in to {source} as '{user}': the account's authentication needs TLS or the source's public key.",
      { ...names },
    ),
    advice: offers
      ? phrase('Let {instance} use TLS: {source} offers it.', { ...names })
      : phrase('Let {instance} ask {source} for its public key.', { ...names }),
    remedy: { options: offers ? { tls: true } : { publicKey: true } },
  };
}

function right(subject: DoctorSubject, names: Names): Diagnosis {
  const alone = names.source !== subject.master?.key;
  const accounts = subject.checkUps.get(names.source)?.accounts ?? [];
  const host =
    accounts.find((it) => it.user === names.user && hostMatches(it.host, names.host))?.host ?? '%';
  return {
    says: phrase("'{user}' may log in to {source}, but lacks the right to replicate.", {
      ...names,
    }),
    advice: phrase('Grant it on {source}.', { source: names.source }),
    byHand: [
      {
        on: names.source,
        instruction: {
          do: 'grant-rights',
          rights: ['REPLICATION SLAVE'],
          user: names.user,
          host,
          alone,
        },
      },
    ],
  };
}

function other(_: DoctorSubject, names: Names): Diagnosis {
  return {
    says: phrase("{instance} cannot log in to {source} as '{user}'.", { ...names }),
    advice: phrase('Let {instance} use TLS, as the error says.', { instance: names.instance }),
  };
}

/** The password may stay the same: a new one has to reach every replica. */
function expired(_: DoctorSubject, names: Names): Diagnosis {
  return {
    says: phrase(
      "{instance} cannot log in to {source} as '{user}': the password of that user has expired.",
      { ...names },
    ),
    advice: phrase(
      "Let the password of '{user}' never expire on {source} with ALTER USER ... PASSWORD EXPIRE NEVER, or set a new one there and on the replicas.",
      { ...names },
    ),
  };
}

function locked(_: DoctorSubject, names: Names): Diagnosis {
  return {
    says: phrase("{instance} cannot log in to {source} as '{user}': the account is locked.", {
      ...names,
    }),
    advice: phrase("Unlock '{user}' on {source} with ALTER USER ... ACCOUNT UNLOCK.", {
      ...names,
    }),
  };
}
