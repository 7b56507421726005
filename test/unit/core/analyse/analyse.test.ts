import { expect, test } from 'vitest';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { assembleTopology } from '../../../../src/core/discover/assemble-topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

test.each([
  {
    name: 'a healthy cluster has no findings',
    finds: '',
    given: `
db1
+ db2
+ db3
`,
  },
  {
    name: 'a silent master that no receiver hears is dead',
    finds: 'DeadMaster db1:3306, ReplicaNotReplicating db3:3306',
    given: `
db1 silent
+ db2 receiver=connecting
+ db3 receiver=no
`,
  },
  {
    name: 'a silent master that a replica still hears is only unreachable',
    finds: 'UnreachableMaster db1:3306',
    given: `
db1 silent
+ db2
+ db3 receiver=connecting
`,
  },
  {
    name: 'a stopped applier is no witness of death: the receiver hears',
    finds:
      'UnreachableMasterWithStaleReplicas db1:3306, ReplicaNotReplicating db2:3306, ReplicaNotReplicating db3:3306',
    given: `
db1 silent
+ db2 applier=no
+ db3 applier=no
`,
  },
  {
    name: 'a master that refuses our user lives',
    finds: 'UnreachableMaster db1:3306',
    given: `
db1 denied
+ db2 receiver=connecting
`,
  },
  {
    name: 'a silent master whose replicas are silent too',
    finds: 'NothingReachable -',
    given: `
db1 silent
`,
  },
  {
    name: 'a read-only master',
    finds: 'NoWritableMaster db1:3306',
    given: `
db1 ro
+ db2
`,
  },
  {
    name: 'a master that nobody follows',
    finds: 'MasterSingleReplicaNotReplicating db1:3306, ReplicaNotReplicating db2:3306',
    given: `
db1
+ db2 receiver=no applier=no
`,
  },
  {
    name: 'a lone master',
    finds: 'MasterHasNoReplicas db1:3306',
    given: `
db1
`,
  },
  {
    name: 'wrong replication credentials are named as such',
    finds: 'ReplicationCredentialsWrong db2:3306',
    given: `
db1
+ db2 receiver=connecting io=1045
+ db3
`,
  },
  {
    name: 'a missing key of caching_sha2 is a trouble of credentials',
    finds: 'ReplicationCredentialsWrong db2:3306',
    given: `
db1
+ db2 receiver=connecting io=2061
+ db3
`,
  },
  {
    name: 'a duplicate key stops an applier',
    finds: 'ReplicaNotReplicating db2:3306',
    given: `
db1
+ db2 applier=no sql=1062
+ db3
`,
  },
  {
    name: 'a replica that lags',
    finds: 'ReplicaLagging db2:3306',
    given: `
db1
+ db2 lag=42
+ db3 lag=10
`,
  },
  {
    name: 'a replica that accepts writes',
    finds: 'WritableReplica db2:3306',
    given: `
db1
+ db2 rw
`,
  },
  {
    name: 'a replica with a transaction of its own',
    finds: 'ErrantGtid db2:3306',
    given: `
db1
+ db2 gtid=0-1-100,0-2-101
`,
  },
  {
    name: 'a replica that was asked a moment later is not errant',
    finds: '',
    given: `
db1
+ db2 gtid=0-1-105
`,
  },
  {
    name: 'an old master that came back writable',
    finds: 'TwoWritableMasters -, NeedsRejoin db1:3306',
    given: `
db2
+ db3
db1
`,
  },
  {
    name: 'an old master that came back read-only',
    finds: 'NeedsRejoin db1:3306',
    given: `
db2
+ db3
db1 ro
`,
  },
])('$name', ({ given, finds }) => {
  const topology = draw(given);
  const codes = analyse(topology, policy).map((it) => `${it.code} ${it.instance ?? '-'}`);
  expect(codes.join(', ')).toBe(finds);
});

test('a replica that fell silent is remembered as a replica', () => {
  const before = draw('db1\n+ db2\n+ db3');
  const sightings = before.members.map(({ key, probe }) => ({
    name: key,
    address: key,
    probe:
      key === 'db3:3306'
        ? ({ kind: 'silent', at: 2, reason: 'refused', says: plain('refused') } as const)
        : probe,
  }));
  const after = assembleTopology('orders', 2, sightings, {
    previous: before,
    lastPromotion: null,
    lastMaster: null,
    lastSources: new Map(),
    lastKeys: new Map(),
    heard: new Set(),
    early: false,
    seeds: [],
  });
  expect(analyse(after, policy).map((it) => [it.code, it.instance])).toEqual([
    ['ReplicaUnreachable', 'db3:3306'],
  ]);
});

test('the sentence of a dead master says who lost it, and the evidence says what each saw', () => {
  const [finding] = analyse(
    draw('db1 silent\n+ db2 receiver=connecting io=2003\n+ db3 receiver=no'),
    policy,
  );
  expect(finding?.says).toBe('db1:3306 is dead: 2 of 2 replicas lost it.');
  expect(finding?.evidence.map(inEnglish)).toEqual([
    'db1:3306 refuses connections.',
    'db2:3306: receiver connecting, applier yes (2003: error 2003).',
    'db3:3306: receiver no, applier yes.',
  ]);
});

test('the gravest finding comes first', () => {
  const codes = analyse(
    draw('db1 ro\n+ db2 lag=100\n+ db3 io=1045 receiver=connecting'),
    policy,
  ).map((it) => it.code);
  expect(codes).toEqual(['NoWritableMaster', 'ReplicationCredentialsWrong', 'ReplicaLagging']);
});
