import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';

const right = { id: 'orders', seeds: ['db1'], user: 'orc' };

function errorsOf(raw: unknown): readonly string[] {
  return readSettings(raw)
    .problems.filter((it) => it.severity === 'error')
    .map((it) => it.says);
}

function wrongCluster(more: object): readonly string[] {
  return errorsOf({ clusters: [{ ...right, ...more }] });
}

test('three keys are enough; all others have a default', () => {
  const { settings, problems } = readSettings({ clusters: [right] });
  expect(problems).toEqual([]);
  expect(settings.clusters).toEqual([
    {
      id: 'orders',
      seeds: ['db1:3306'],
      user: 'orc',
      backend: 'builtin',
      environment: 'production',
      mode: 'manage',
      pollMs: 1000,
      addresses: {},
      promotionRules: {},
      proxies: [],
      confirmSeconds: 0.3,
      autoRejoin: true,
      onPossibleLoss: 'hold',
      acceptedReplicationFilters: [],
      onUnfencedMaster: 'promote',
      writeProbe: false,
      allowPublicKeyRetrieval: false,
      connectTimeoutMs: 1000,
      queryTimeoutMs: 1000,
    },
  ]);
  expect(settings.reasonableReplicationLagSeconds).toBe(10);
  expect(settings.recoverMasterClusterFilters).toEqual([]);
});

test('nothing configured is no mistake', () => {
  expect(readSettings({})).toMatchObject({ settings: { clusters: [] }, problems: [] });
});

test('instances are named as host:port, however they are written', () => {
  const { settings } = readSettings({
    clusters: [
      {
        ...right,
        seeds: ['db1', ' db2:3307 ', '[::1]:3308', '[fe80::1]', '주문-db'],
        addresses: { db1: '127.0.0.1:13311' },
        promotionRules: { db2: 'must-not' },
      },
    ],
  });
  expect(settings.clusters[0]).toMatchObject({
    seeds: ['db1:3306', 'db2:3307', '[::1]:3308', '[fe80::1]:3306', '주문-db:3306'],
    addresses: { 'db1:3306': '127.0.0.1:13311' },
    promotionRules: { 'db2:3306': 'must-not' },
  });
});

test.each([
  [
    { seeds: ['db1:99999'] },
    'clusters[0].seeds[0] is "db1:99999": the port must be a number between 1 and 65535.',
  ],
  [
    { seeds: ['db1:0'] },
    'clusters[0].seeds[0] is "db1:0": the port must be a number between 1 and 65535.',
  ],
  [
    { seeds: ['db1', 'db2:port'] },
    'clusters[0].seeds[1] is "db2:port": the port must be a number between 1 and 65535.',
  ],
  [
    { seeds: ['db1:'] },
    'clusters[0].seeds[0] is "db1:": the port must be a number between 1 and 65535.',
  ],
  [{ seeds: [':3306'] }, 'clusters[0].seeds[0] is ":3306": the host is missing.'],
  [
    { seeds: ['mysql://db1'] },
    'clusters[0].seeds[0] is "mysql://db1": write host or host:port, without a scheme.',
  ],
  [
    { seeds: ['fe80::1'] },
    'clusters[0].seeds[0] is "fe80::1": write host:port, and an IPv6 address in brackets, such as [::1]:3306.',
  ],
  [
    { seeds: ['a b'] },
    'clusters[0].seeds[0] is "a b": the host may hold letters, digits, dots and dashes only.',
  ],
  [{ seeds: [] }, 'clusters[0].seeds is empty: it needs at least one entry.'],
  [{ seeds: undefined }, 'clusters[0].seeds is missing.'],
  [{ seeds: 'db1' }, 'clusters[0].seeds must be a list [...], not a text.'],
  [{ seeds: [3306] }, 'clusters[0].seeds[0] must be a text, not a number.'],
  [{ user: '' }, 'clusters[0].user is empty.'],
  [{ user: undefined }, 'clusters[0].user is missing.'],
  [
    { environment: 'prod' },
    'clusters[0].environment is "prod": it must be one of "lab", "staging", "production".',
  ],
  [{ pollMs: 5 }, 'clusters[0].pollMs is 5: it must be at least 100.'],
  [{ pollMs: 1.5 }, 'clusters[0].pollMs must be a whole number, not a fraction.'],
  [{ docker: true }, 'clusters[0].docker is true: it must be false or an object {...}.'],
  [
    { backend: 'orchestrator' },
    'clusters[0].backend is "orchestrator": it must be "builtin" or an object {...}.',
  ],
  [
    { backend: { orchestrator: 'ftp://x' } },
    'clusters[0].backend.orchestrator is "ftp://x": it must be an http or https address.',
  ],
  [
    { proxies: [{ kind: 'nginx' }] },
    'clusters[0].proxies[0].kind is "nginx": it must be one of "embedded", "haproxy", "proxysql", "hook".',
  ],
  [{ proxies: [{ kind: 'embedded' }] }, 'clusters[0].proxies[0].writer is missing.'],
  [
    { addresses: { 'db1:0': 'x' } },
    'clusters[0].addresses["db1:0"] is "db1:0": the port must be a number between 1 and 65535.',
  ],
  [{ tls: { cafile: 'x' } }, 'clusters[0].tls.cafile is not a known key.'],
  [{ sseds: ['x'] }, 'clusters[0].sseds is not a known key; did you mean seeds?'],
  [{ PollMS: 5000 }, 'clusters[0].PollMS is not a known key; did you mean pollMs?'],
])('%j gets one sentence that names the place', (more, says) => {
  expect(wrongCluster(more)).toEqual([says]);
});

test('a misspelt key that is needed is one trouble and not two', () => {
  expect(errorsOf({ clusters: [{ id: 'orders', sedes: ['db1'], user: 'orc' }] })).toEqual([
    'clusters[0].sedes is not a known key; did you mean seeds?',
  ]);
});

test('a password in the settings is refused and never repeated', () => {
  const says = wrongCluster({
    password: 'hunter2',
    passwordFile: 7,
    passwordCommand: 'echo hunter2',
  }).join(' ');
  expect(says).toContain('a password never stands in the settings');
  expect(says).toContain('clusters[0].passwordFile');
  expect(says).not.toContain('hunter2');
});

test('an address that holds a password is not repeated', () => {
  const says = wrongCluster({ backend: { orchestrator: 'ftp://me:hunter2@host' } }).join(' ');
  expect(says).toContain('clusters[0].backend.orchestrator');
  expect(says).not.toContain('hunter2');
});

test('a wrong cluster is left out, and the others go on', () => {
  const raw = { clusters: [{ ...right, seeds: ['db1:0'] }, { ...right, id: 'stock' }, 7] };
  const { settings, problems } = readSettings(raw);
  expect(settings.clusters.map((it) => it.id)).toEqual(['stock']);
  expect(problems).toEqual([
    expect.objectContaining({ cluster: 'orders', path: 'clusters[0].seeds[0]', severity: 'error' }),
    expect.objectContaining({ cluster: null, path: 'clusters[2]', severity: 'error' }),
  ]);
});

test('two clusters with one id are both left out, and both are named', () => {
  const { settings, problems } = readSettings({
    clusters: [right, { ...right, id: 'stock' }, right],
  });
  expect(settings.clusters.map((it) => it.id)).toEqual(['stock']);
  expect(problems.map((it) => it.says)).toEqual([
    'clusters[0].id and clusters[2].id are both "orders": every cluster needs an id of its own.',
  ]);
});

test.each([
  [{ clusters: {} }, 'clusters must be a list [...] of clusters.'],
  [[], 'The settings must be an object {...} with the key clusters.'],
  [null, 'The settings must be an object {...} with the key clusters.'],
  ['x', 'The settings must be an object {...} with the key clusters.'],
  [{ clustrs: [] }, 'clustrs is not a known key; did you mean clusters?'],
  [
    { reasonableReplicationLagSeconds: '10' },
    'reasonableReplicationLagSeconds must be a number, not a text.',
  ],
  [
    { recoverIntermediateMasterClusterFilters: ['['] },
    'recoverIntermediateMasterClusterFilters[0] is "[": it must be * or a regular expression.',
  ],
  [
    { postFailoverProcesses: ['rm -rf /'] },
    'postFailoverProcesses[0] must be a list [...], not a text.',
  ],
  [
    { postFailoverProcesses: [['notify', '--old={failedHst}']] },
    'postFailoverProcesses[0][1] is "--old={failedHst}": {failedHst} is not a known placeholder; did you mean {failedHost}?',
  ],
])('%j as a whole gets one sentence', (raw, says) => {
  expect(errorsOf(raw)).toEqual([says]);
});

test('a wrong setting keeps its default, and the others hold', () => {
  const { settings } = readSettings({
    reasonableReplicationLagSeconds: -1,
    recoveryPeriodBlockSeconds: 60,
  });
  expect(settings).toMatchObject({
    reasonableReplicationLagSeconds: 10,
    recoveryPeriodBlockSeconds: 60,
  });
});

test.each(['backend'])(
  '%s is accepted and answered with a notice, since its part is not built yet',
  (key) => {
    const asked: Readonly<Record<string, unknown>> = {
      backend: { orchestrator: 'http://host:3000', alias: 'orders' },
    };
    const { settings, problems } = readSettings({ clusters: [{ ...right, [key]: asked[key] }] });
    expect(settings.clusters).toHaveLength(1);
    expect(problems).toEqual([
      expect.objectContaining({
        path: `clusters[0].${key}`,
        cluster: 'orders',
        severity: 'notice',
      }),
    ]);
    expect(problems[0]?.says).toMatch(/^not available yet: /);
  },
);

test.each([
  { tls: undefined, says: ['caConfirmsMembers'] },
  { tls: false, says: ['caConfirmsMembers'] },
  { tls: {}, says: ['caConfirmsMembers'] },
  { tls: { ca: 'ca.pem', verify: false }, says: ['caConfirmsMembers'] },
  { tls: { ca: 'ca.pem' }, says: [] },
])('certificates confirm members only where $tls verifies them', ({ tls, says }) => {
  const cluster = { ...right, caConfirmsMembers: true, ...(tls === undefined ? {} : { tls }) };
  const { settings, problems } = readSettings({ clusters: [cluster] });
  expect(settings.clusters).toHaveLength(1);
  expect(problems.map((it) => it.path)).toEqual(says.map((it) => `clusters[0].${it}`));
});

test.each([
  { proxy: { kind: 'embedded', writer: '127.0.0.1:6033' }, paths: [] },
  {
    proxy: { kind: 'embedded', writer: '127.0.0.1:6033', reader: '127.0.0.1:6034' },
    paths: ['clusters[0].proxies[0].reader'],
  },
  { proxy: { kind: 'hook', command: ['move-it'] }, paths: ['clusters[0].proxies[0].kind'] },
])('of proxies only the embedded writer port is built: $paths', ({ proxy, paths }) => {
  const { problems } = readSettings({ clusters: [{ ...right, proxies: [proxy] }] });
  expect(problems.map((it) => it.path)).toEqual(paths);
});

test('values that ask for nothing get no notice', () => {
  const quiet = {
    docker: false,
    proxies: [],
    autoRejoin: false,
    onPossibleLoss: 'hold',
    writeProbe: true,
    backend: 'builtin',
  };
  const defaults = readSettings({}).settings;
  expect(readSettings({ ...defaults, clusters: [{ ...right, ...quiet }] }).problems).toEqual([]);
});

test('programs around a failover take placeholders, and braces of their own', () => {
  const programs = [['notify', '{"old": "{failedHost}", "uid": "{recoveryUID}"}', '{}']];
  const { settings, problems } = readSettings({
    preFailoverProcesses: programs,
    postFailoverProcesses: programs,
  });
  expect(problems).toEqual([]);
  expect(settings.postFailoverProcesses).toEqual(programs);
});

test('whatever stands in the settings, reading them never throws, and every problem is one line', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('id', 'seeds', 'tls', 'proxies', 'addresses', 'backend'),
      (value, key) => {
        for (const raw of [
          value,
          { clusters: value },
          { clusters: [value, { ...right, [key]: value }] },
        ]) {
          const { problems } = readSettings(raw);
          for (const { says } of problems) expect(says).toMatch(/^[^\n]+[.?]$/);
        }
      },
    ),
  );
});
