import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { familyOf, type Finding, type ProblemCode } from '../../../../src/core/model/finding.ts';
import { problemSentences } from '../../../../src/protocol/labels.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const cut = 'receiver=connecting';
const purged = 'io=1236:Could_not_find_GTID_state;_the_binary_logs_have_been_purged.';

/** One drawing for each code that `analyse.test.ts` does not draw, with all that is found in it. */
const drawings: Readonly<Partial<Record<ProblemCode, readonly [drawing: string, also?: string]>>> =
  {
    DeadMasterAndSomeReplicas: [`db1 silent\n+ db2 ${cut}\n+ db3 silent`, 'ReplicaUnreachable'],
    DeadMasterWithoutReplicas: ['db1 silent\ndb2 ro', 'NeedsRejoin'],
    DeadMasterAndReplicas: [
      'db1 silent\n+ db2 silent\n+ db3 silent\ndb9 ro',
      'NeedsRejoin, ReplicaUnreachable, ReplicaUnreachable',
    ],
    DeadCoMaster: [`db1 silent rw source=db2\n+ db2 ${cut}\n+ db3 ${cut}`],
    DeadCoMasterAndSomeReplicas: [
      `db1 silent rw source=db2\n+ db2 ${cut}\n+ db3 silent`,
      'ReplicaUnreachable',
    ],
    MasterBehindReplicas: [
      "db1\n+ db2 receiver=no io=1236:requested_to_start_from_GTID_0-1-130,_which_is_not_in_the_master's_binlog\n+ db3",
      'ReplicaNotReplicating',
    ],
    LockedSemiSyncMaster: ['db1 semi=source waiting=2\n+ db2 semi=none'],
    LockedSemiSyncMasterHypothesis: ['db1 semi=source\n+ db2 semi=none'],
    LockedSemiSyncReplica: ['db1\n+ db2 semi=both waiting=1 lag=60\n+ db3'],
    SemiSyncSourceOnReplica: ['db1\n+ db2 semi=both\n+ db3'],
    NotEnoughValidSemiSyncReplicasStructureWarning: ['db1 semi=source fallen\n+ db2 semi=none'],
    SemiSyncFellBack: ['db1 semi=source fallen clients=1\n+ db2 semi=replica'],
    UnreachableMasterWithLaggingReplicas: [
      'db1 silent\n+ db2 lag=60\n+ db3 lag=70',
      'ReplicaLagging, ReplicaLagging',
    ],
    UnreachableMasterWithStaleReplicas: ['db1 silent\n+ db2 applier=no', 'ReplicaNotReplicating'],
    AllMasterReplicasNotReplicating: [
      'db1\n+ db2 applier=no\n+ db3 receiver=no',
      'ReplicaNotReplicating, ReplicaNotReplicating',
    ],
    AllMasterReplicasNotReplicatingOrDead: [
      'db1\n+ db2 applier=no\n+ db3 silent',
      'ReplicaUnreachable, ReplicaNotReplicating',
    ],
    MasterSingleReplicaNotReplicating: ['db1\n+ db2 applier=no', 'ReplicaNotReplicating'],
    MasterSingleReplicaDead: ['db1\n+ db2 silent', 'ReplicaUnreachable'],
    DeadIntermediateMaster: [`db1\n+ db2 silent\n++ db3 ${cut}\n++ db4 ${cut}\n+ db5`],
    DeadIntermediateMasterAndSomeReplicas: [
      `db1\n+ db2 silent\n++ db3 ${cut}\n++ db4 silent\n+ db5`,
      'ReplicaUnreachable',
    ],
    DeadIntermediateMasterWithSingleReplicaFailingToConnect: [
      `db1\n+ db2 silent\n++ db3 ${cut}\n+ db5`,
    ],
    DeadIntermediateMasterWithSingleReplica: [
      'db1\n+ db2 silent\n++ db3 receiver=no\n+ db5',
      'ReplicaNotReplicating',
    ],
    DeadIntermediateMasterAndReplicas: [
      'db1\n+ db2 silent\n++ db3 silent\n+ db5',
      'ReplicaUnreachable',
    ],
    UnreachableIntermediateMaster: [`db1\n+ db2 silent\n++ db3\n++ db4 ${cut}\n+ db5`],
    UnreachableIntermediateMasterWithLaggingReplicas: [
      'db1\n+ db2 silent\n++ db3 lag=60\n+ db5',
      'ReplicaLagging',
    ],
    AllIntermediateMasterReplicasFailingToConnectOrDead: [
      `db1\n+ db2\n++ db3 ${cut}\n++ db4 ${cut}`,
      'ReplicaNotReplicating, ReplicaNotReplicating',
    ],
    AllIntermediateMasterReplicasNotReplicating: [
      'db1\n+ db2\n++ db3 applier=no',
      'ReplicaNotReplicating',
    ],
    DuplicateServerUuid: ['db1 uuid=a\n+ db2 uuid=a\n+ db3 uuid=b'],
    DuplicateServerId: ['db1\n+ db2 id=7\n+ db3 id=7'],
    DuplicateReportHost: ['db1\n+ db2 report=db3\n+ db3'],
    PurgedBinlogsNeeded: [`db1\n+ db2 receiver=no ${purged}\n+ db3`],
    NoLoggingReplicasStructureWarning: ['db1\n+ db2 nolog', 'ReplicaUpdatesNotLogged'],
    ReplicaUpdatesNotLogged: ['db1\n+ db2 nolog\n+ db3'],
    NoFailoverSupportStructureWarning: ['db1 nogtid\n+ db2 nogtid\n+ db3 nogtid'],
    DifferentGTIDModesStructureWarning: ['db1\n+ db2 nogtid\n+ db3'],
    ReplicaOlderThanSource: ['db1 release=11.4\n+ db2 release=10.11'],
    MultipleMajorVersionsLoggingReplicasStructureWarning: [
      'db1 release=10.6\n+ db2 release=10.6\n+ db3 release=10.11',
    ],
    StatementAndMixedLoggingReplicasStructureWarning: [
      'db1\n+ db2 format=STATEMENT\n+ db3 format=MIXED',
    ],
    StatementAndRowLoggingReplicasStructureWarning: ['db1\n+ db2 format=STATEMENT\n+ db3'],
    MixedAndRowLoggingReplicasStructureWarning: ['db1\n+ db2 format=MIXED\n+ db3'],
    SettingsSlowDetection: ['db1\n+ db2 net=3600\n+ db3'],
  };

/** What is drawn, after a round in which all answered. */
function findingsIn(drawing: string): readonly Finding[] {
  const healthy = draw(drawing.replaceAll(/ silent| receiver=connecting/g, ''));
  return analyse(draw(drawing, null, healthy), policy);
}

function familiesIn(drawing: string): readonly ReturnType<typeof familyOf>[] {
  return findingsIn(drawing).map((it) => familyOf(it.code));
}

test.each(Object.entries(drawings))('%s is found where it is drawn', (code, [drawing, also]) => {
  const found = findingsIn(drawing).map((it) => it.code);
  const all = also === undefined ? [] : also.split(', ');
  expect(new Set(found)).toEqual(new Set([code, ...all]));
  expect(found).toHaveLength(all.length + 1);
});

test.each(Object.entries(drawings))('%s tells every value of its sentence', (code, [drawing]) => {
  const finding = findingsIn(drawing).find((it) => it.code === code);
  const sentence = finding === undefined ? '' : problemSentences[finding.code];
  const names = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  expect(Object.keys(finding?.facts ?? {})).toEqual(expect.arrayContaining(names));
  expect(finding?.says).toMatch(/^\S.*[.]$/);
});

test('a healthy tree of three tiers has no findings', () => {
  expect(findingsIn('db1\n+ db2\n++ db3\n++ db4\n+ db5')).toEqual([]);
});

test('a dead source of others is never taken for a dead master, and a dead master never for one', () => {
  const tiers = `\n+ db2 silent\n++ db3 ${cut}\n++ db4 ${cut}\n+ db5`;
  expect(familiesIn(`db1${tiers}`)).toEqual(['dead-intermediate']);
  expect(familiesIn(`db1 silent${tiers.replace('db5', `db5 ${cut}`)}`)).toEqual([
    'dead-master',
    'dead-intermediate',
  ]);
  expect(familiesIn(`db1 silent\n+ db2 ${cut}\n++ db3\n++ db4`)).toEqual(['dead-master']);
});

test('other words of error 1236 are no purged logs', () => {
  const codes = findingsIn('db1\n+ db2 receiver=no io=1236:bogus_data_in_log_event\n+ db3');
  expect(codes.map((it) => it.code)).toEqual(['ReplicaNotReplicating']);
});

test('a verdict that turns into its sibling is the same suspicion', () => {
  expect(familyOf('DeadMasterAndSomeReplicas')).toBe(familyOf('DeadMaster'));
  expect(familyOf('UnreachableMaster')).not.toBe(familyOf('DeadMaster'));
  expect(familyOf('ReplicaLagging')).toBeUndefined();
});
