import { expect, test } from 'vitest';
import { examine } from '../../../../src/core/doctor/examine.ts';
import type { CheckUp } from '../../../../src/core/model/check-up.ts';
import type { DoctorItem } from '../../../../src/core/model/doctor.ts';
import { inEnglish, phrase, plain } from '../../../../src/core/model/phrase.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { healthyCheckUp } from '../../../support/builders/check-ups.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

type Answers = Readonly<Record<string, Partial<CheckUp>>>;

const knowing: Policy = { ...policy, replicationUser: 'repl', replicationPasswordKnown: true };

function itemsOf(
  drawing: string,
  answers: Answers = {},
  rules: Policy = knowing,
): readonly DoctorItem[] {
  const topology = draw(drawing);
  const checkUps = new Map(
    topology.members.map(({ key }) => [
      key,
      healthyCheckUp(key, answers[key.replace(':3306', '')]),
    ]),
  );
  return examine(topology, rules, checkUps);
}

/** `breaks WritableReplica db2`, one a line. */
function found(drawing: string, answers: Answers = {}): readonly string[] {
  return itemsOf(drawing, answers).map(
    (it) => `${it.gravity} ${it.code} ${it.instance.replace(':3306', '')}`,
  );
}

const healthy = 'db1 rw net=4\n+ db2 net=4\n+ db3 net=4';

test('a healthy cluster has nothing', () => {
  expect(found(healthy)).toEqual([]);
});

test.each([
  ['db1 rw net=4\n+ db2 rw net=4', {}, ['breaks WritableReplica db2']],
  ['db1 rw net=4\n+ db2 net=60', {}, ['slows SlowDetection db2']],
  ['db1 rw net=60\n+ db2 net=4', {}, []],
  ['db1 rw net=4\n+ db2 net=4', { db2: { heartbeatSeconds: 3 } }, ['slows SlowHeartbeat db2']],
  ['db1 rw net=4\n+ db2 net=4', { db2: { heartbeatSeconds: 0 } }, ['slows SlowHeartbeat db2']],
  ['db1 rw net=4 id=7\n+ db2 net=4 id=7', {}, ['breaks DuplicateServerId db2']],
  ['db1 rw net=4\n+ db2 net=4 nolog', {}, ['breaks ReplicaUpdatesNotLogged db2']],
  ['db1 rw net=4\n+ db2 net=4', { db2: { readOnlyFrom: 'sql' } }, ['advice ReadOnlyNotKept db2']],
  ['db1 rw net=4\n+ db2 net=4', { db2: { retryCount: 10 } }, ['breaks GivesUpConnecting db2']],
  ['db1 rw net=4\n+ db2 net=4', { db2: { retryCount: 0 } }, []],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db2: { clock: { skewMs: -4000, withinMs: 5 } } },
    ['advice ClockSkew db2'],
  ],
  ['db1 rw net=4\n+ db2 net=4', { db2: { clock: { skewMs: -4000, withinMs: 3500 } } }, []],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db1: { disks: [{ path: '/', freeShare: 0.02 }] } },
    ['breaks DiskFull db1'],
  ],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db2: { settings: { sync_binlog: '0' } } },
    ['advice NotDurable db2'],
  ],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db1: { settings: { binlog_expire_logs_seconds: '600' } } },
    ['advice ShortBinlogRetention db1'],
  ],
  ['db1 rw net=4\n+ db2 net=4', { db1: { settings: { binlog_expire_logs_seconds: '0' } } }, []],
  ['db1 rw net=4\n+ db2 net=4', { db2: { accounts: [] } }, ['breaks ReplicationUserMissing db2']],
  ['db1 rw net=4\n+ db2 net=4 receiver=no', { db2: { accounts: [] } }, []],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db2: { replicationLogin: 'denied' } },
    ['breaks ReplicationUserMissing db2'],
  ],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db2: { missingRights: ['RELOAD'] } },
    ['breaks MissingRights db2'],
  ],
  [
    'db1 rw net=4\n+ db2 net=4',
    { db2: { missingSight: ['SELECT (User) ON mysql.user'] } },
    ['slows OthersHidden db2'],
  ],
  ['db1 rw net=4\n+ db2 net=4', { db2: { maxOwnConnections: 1 } }, ['slows TooFewConnections db2']],
  ['db1 rw net=4\n+ db2 net=4', { db2: { maxOwnConnections: 5 } }, []],
  ['db1 rw net=4\n+ db2 denied', {}, ['breaks MonitorUserRefused db2']],
] as const)('%s with %j', (drawing, answers, expected) => {
  expect(found(drawing, answers)).toEqual(expected);
});

const away = "io=1045:Access_denied_for_user_'repl'@'172.20.0.3' receiver=connecting";

function credentials(
  answers: Answers,
  words: string = away,
  rules = knowing,
): DoctorItem | undefined {
  return itemsOf(`db1 rw net=4\n+ db2 net=4 ${words}\n+ db3 net=4`, answers, rules).find(
    (it) => it.code === 'ReplicationCredentialsWrong',
  );
}

test('a wrong password on the replica is told from one that is wrong here too', () => {
  const item = credentials({});
  expect(item && inEnglish(item.says)).toBe(
    "db2:3306 cannot log in to db1:3306 as 'repl'@'172.20.0.3': the password that db2:3306 holds is not the one of db1:3306.",
  );
  expect(item?.remedy).toEqual({ options: { credentials: true } });
  expect(item?.evidence.map(inEnglish).join('\n')).toContain('db1:3306 accepts the password kept');
  const both = credentials({ db1: { replicationLogin: 'denied' } });
  expect(both && inEnglish(both.says)).toContain('neither the password');
  expect(both?.remedy).toBeNull();
});

test('an account that lets nobody in from that host is created for its network', () => {
  const item = credentials({ db1: { accounts: [{ user: 'repl', host: '10.%' }] } });
  expect(item && inEnglish(item.says)).toContain("db1:3306 has no account of 'repl' for that host");
  expect(item?.evidence.map(inEnglish).join('\n')).toContain('10.%');
  expect(item?.remedy?.account).toEqual({
    host: '172.%',
    exists: false,
    alone: false,
    on: 'db1:3306',
  });
});

test('the key that caching_sha2_password needs is no matter of a password', () => {
  expect(credentials({}, 'io=2061:Authentication_requires receiver=connecting')?.remedy).toEqual({
    options: { publicKey: true },
  });
});

test('what SQL cannot keep over a restart is given as lines of the option file', () => {
  const [item] = itemsOf('db1 rw net=4\n+ db2 net=60');
  expect(item?.byHand).toEqual([
    {
      on: 'db2:3306',
      instruction: {
        do: 'option-lines',
        options: [{ name: 'replica_net_timeout', value: '4' }],
        restart: false,
      },
    },
  ]);
});

test('an account that its source creates only now is told with what lets replication go on', () => {
  const words = "sql=1396:Operation_CREATE_USER_failed_for_'orc'@'172.%' applier=no";
  const [item] = itemsOf(`db1 rw net=4\n+ db2 net=4 ${words}`);
  expect(item?.code).toBe('AccountConflict');
  expect(item?.byHand[0]?.instruction).toEqual({ do: 'drop-account', user: 'orc', host: '172.%' });
});

test.each([
  { settings: { general_log: 'ON' }, flavor: 'mariadb', tells: true },
  { settings: { general_log: 'OFF' }, flavor: 'mariadb', tells: false },
  { settings: {}, flavor: 'mariadb', tells: false },
  // MySQL writes <secret> in place of a password, unless it is told not to.
  { settings: { general_log: 'ON', log_raw: 'OFF' }, flavor: 'mysql', tells: false },
  { settings: { general_log: 'ON', log_raw: 'ON' }, flavor: 'mysql', tells: true },
] as const)(
  'a general log with passwords ($flavor, $settings): $tells',
  ({ settings, flavor, tells }) => {
    const topology = draw(healthy);
    const members = topology.members.map((it) =>
      it.probe.kind === 'answered'
        ? { ...it, probe: { ...it.probe, server: { ...it.probe.server, flavor } } }
        : it,
    );
    const checkUps = new Map([['db1:3306', healthyCheckUp('db1:3306', { settings })]]);
    const items = examine({ ...topology, members }, knowing, checkUps);
    expect(items.some((it) => it.code === 'StatementsLogged')).toBe(tells);
  },
);

test.each([
  { environment: 'production', settings: { have_ssl: 'DISABLED', ssl_cert: '' }, tells: true },
  { environment: 'staging', settings: { ssl_cert: '' }, tells: true },
  { environment: 'lab', settings: { have_ssl: 'DISABLED' }, tells: false },
  // What an older release of ours, or a server without the right, does not tell is not held against it.
  { environment: 'production', settings: {}, tells: false },
] as const)('no TLS ($environment, $settings): $tells', ({ environment, settings, tells }) => {
  const items = itemsOf(healthy, { db1: { settings } }, { ...knowing, environment });
  const ofMaster = items.filter((it) => it.instance === 'db1:3306').map((it) => it.code);
  expect(ofMaster.includes('NoTls')).toBe(tells);
});

test('a replication password that no replica can keep is told before it is needed', () => {
  const shape = { bytes: 100, writable: true };
  const items = itemsOf(healthy, {}, { ...knowing, replicationPassword: shape });
  expect(items.map((it) => it.code)).toEqual(Array(3).fill('ReplicationPasswordUnfit'));
  expect(inEnglish(items[0]?.evidence[0] ?? phrase('none'))).toContain('96 bytes');
});

test.each([
  ['Your password has expired.', 1862, /password has expired/, /ALTER USER/],
  ['You must SET PASSWORD before ...', 1820, /password has expired/, /ALTER USER/],
  ['Access denied, this account is locked', 4151, /account is locked/, /UNLOCK/],
  ["Access denied for user 'orc'@'db9'", 1045, /does not let our user in/, /Create the user/],
  // A user may be called like an error.
  [
    "Access denied for user '(error 1862)'@'db9'",
    1045,
    /does not let our user in/,
    /Create the user/,
  ],
])('our user refused by %j (%i): the advice helps', (words, errno, says, advice) => {
  const topology = draw(healthy);
  const refused: Topology = {
    ...topology,
    members: topology.members.map((it) =>
      it.key === 'db2:3306'
        ? { ...it, probe: { kind: 'silent', at: 1, reason: 'denied', says: plain(words), errno } }
        : it,
    ),
  };
  const [item] = examine(refused, knowing, new Map()).filter(
    (it) => it.code === 'MonitorUserRefused',
  );
  expect(inEnglish(item?.says ?? phrase('none'))).toMatch(says);
  expect(inEnglish(item?.advice ?? phrase('none'))).toMatch(advice);
});

test.each(['lab', 'staging', 'production'] as const)(
  'connections without TLS are told of outside a lab (%s)',
  (environment) => {
    const items = itemsOf('db1 rw net=4', {}, { ...knowing, environment, withoutTls: true });
    const told = items.filter((it) => it.code === 'TlsSwitchedOff');
    expect(told).toHaveLength(environment === 'lab' ? 0 : 1);
  },
);
