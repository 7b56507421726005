import { listOmissions, describeOmission, unacceptedOf } from '../model/omissions.ts';
import type { Omission } from '../model/instance.ts';
import type { Remedy } from '../model/doctor.ts';
import { phrase, plain } from '../model/phrase.ts';
import type { Setting } from '../model/setting.ts';
import { isReplica, type DoctorRule, type Diagnosis, type DoctorSubject } from './doctor-rule.ts';

/** What lets a server hold, or log, less than its GTIDs say. */
export const omissionRules: readonly DoctorRule[] = [
  {
    code: 'ReplicationFilters',
    gravity: 'breaks',
    why: phrase('Promoted, it would lack what it left out, and so would all who follow it.'),
    holds: filters,
  },
  {
    code: 'SkipsTransactions',
    gravity: 'breaks',
    why: phrase(
      'Its GTIDs say that it has everything, also where it passed over what did not fit.',
    ),
    holds: skips,
  },
  {
    code: 'BinlogFilters',
    gravity: 'breaks',
    why: phrase('What it keeps out of its binary log no replica gets, and none can take over.'),
    holds: (subject) => {
      const found = left(subject, 'log');
      return found.length === 0
        ? undefined
        : {
            says: phrase('{instance} keeps part of what it writes out of its binary log.', {
              instance: subject.member.key,
            }),
            evidence: found.map((it) => plain(describeOmission(it))),
            advice: phrase(
              'Remove {list} from its option file, restart it and rebuild its replicas, or accept the filter by name: "acceptedReplicationFilters".',
              { list: listOmissions(found) },
            ),
          };
    },
  },
];

/** Those of a kind that the settings do not accept; one that may never be promoted may have them. */
function left(
  { server, policy, member }: DoctorSubject,
  kind: Omission['kind'],
): readonly Omission[] {
  return server === undefined || policy.promotionRules[member.key] === 'must-not'
    ? []
    : unacceptedOf(server, policy).filter((it) => it.kind === kind);
}

function filters(subject: DoctorSubject): Diagnosis | undefined {
  const found = isReplica(subject) ? left(subject, 'filter') : [];
  return found.length === 0
    ? undefined
    : {
        says: phrase('{instance} leaves out part of what its source writes.', {
          instance: subject.member.key,
        }),
        evidence: found.map((it) => plain(describeOmission(it))),
        advice: phrase(
          'Remove the filters and rebuild it, accept them by name ("acceptedReplicationFilters"), or forbid its promotion in the settings: "promotionRules".',
        ),
      };
}

/** What SQL can set; the others are in its option file. */
const remedies: Readonly<Record<string, Remedy>> = {
  replica_exec_mode: { settings: [set('replica_exec_mode', 'STRICT')] },
  slave_exec_mode: { settings: [set('replica_exec_mode', 'STRICT')] },
  replicate_events_marked_for_skip: {
    settings: [set('replicate_events_marked_for_skip', 'REPLICATE')],
    restarts: true,
  },
  gtid_ignore_duplicates: { settings: [set('gtid_ignore_duplicates', 'OFF')], restarts: true },
  IGNORE_SERVER_IDS: { options: { ignoresNobody: true } },
};

function set(name: Setting['name'], value: Setting['value']): Setting {
  return { name, value };
}

function skips(subject: DoctorSubject): Diagnosis | undefined {
  const found = left(subject, 'skip');
  const [first] = found.toSorted(
    (a, b) => Number(remedies[a.name] === undefined) - Number(remedies[b.name] === undefined),
  );
  if (first === undefined) {
    return undefined;
  }
  const remedy = isReplica(subject) ? (remedies[first.name] ?? null) : null;
  return {
    says: phrase('{instance} may pass over transactions and count them all the same.', {
      instance: subject.member.key,
    }),
    evidence: found.map((it) => plain(describeOmission(it))),
    advice:
      remedy === null
        ? phrase(
            'Take {name} out of its option file and restart it. What it passed over already stays missing: compare its data, or rebuild it.',
            { name: first.name },
          )
        : phrase(
            'Set {name} back. What it passed over already stays missing: compare its data, or rebuild it.',
            { name: first.name },
          ),
    remedy,
  };
}
