import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { healthyState } from '../../support/builders/cluster-states.ts';
import { call, type Ended, GivenCluster, partsOf } from '../../support/harness/call-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'switchover-cli-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const right = { id: 'orders', seeds: ['db1'], user: 'orc' };

function file(name: string, content: unknown): string {
  const path = join(dir, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function topology(config: string, ...more: readonly string[]): Promise<Ended> {
  const parts = partsOf([new GivenCluster('orders', healthyState('orders'))]);
  return call(['topology', '--config', config, ...more], { cwd: dir, parts });
}

test.each([
  ['a file that is not there', join(dir, 'nowhere.json'), 'does not exist'],
  ['a folder', dir, 'is a folder'],
  ['an empty file', file('empty.json', ' \n'), 'is empty'],
  [
    'not JSON',
    file('not.json', '{\n  "clusters": [,]\n}'),
    'is not JSON: line 2, column 16 should be a value',
  ],
  ['clusters that are no list', file('object.json', { clusters: {} }), 'clusters must be a list'],
  ['no cluster', file('none.json', { clusters: [] }), 'configures no cluster'],
  [
    'a wrong port',
    file('port.json', { clusters: [{ ...right, seeds: ['db1:70000'] }] }),
    'clusters[0].seeds[0] is "db1:70000"',
  ],
  [
    'an unknown key',
    file('key.json', { clusters: [{ ...right, sedes: [] }] }),
    'clusters[0].sedes is not a known key; did you mean seeds?',
  ],
  [
    'an unknown key at the top',
    file('top.json', { cluster: [right] }),
    'cluster is not a known key; did you mean clusters?',
  ],
  [
    'no seeds',
    file('seeds.json', { clusters: [{ ...right, seeds: [] }] }),
    'clusters[0].seeds is empty',
  ],
  [
    'two clusters with one id',
    file('twice.json', { clusters: [right, right] }),
    'clusters[0].id and clusters[1].id are both "orders"',
  ],
  [
    'a wrong type',
    file('type.json', { clusters: [{ ...right, pollMs: 'fast' }] }),
    'clusters[0].pollMs must be',
  ],
  ['a list', file('list.json', [right]), 'must be an object'],
])('%s ends with one sentence and exit code 2', async (_, config, says) => {
  const { code, out, err } = await topology(config);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(says);
  expect(err).toContain(config);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('without any settings it says which places were tried', async () => {
  const { code, err } = await call(['topology', '--state', join(dir, 'state')], {
    cwd: join(dir, 'empty-home'),
  });
  expect(code).toBe(2);
  expect(err).toBe(
    'error: No settings were found: give --config FILE. Tried ' +
      `${join(dir, 'empty-home', '.config', 'switchover', 'switchover.json')}, ${join(dir, 'state', 'lab', 'switchover.json')}.\n`,
  );
});

test('settings are found by the environment, among those of the user, and below the state of the lab', async () => {
  const parts = partsOf([new GivenCluster('orders', healthyState('orders'))]);
  const home = join(dir, 'home');
  mkdirSync(join(home, '.local', 'state', 'switchover', 'lab'), { recursive: true });
  const named = file('named.json', { clusters: [right] });
  expect(
    (await call(['topology'], { cwd: home, parts, env: { SWITCHOVER_CONFIG: named } })).code,
  ).toBe(0);
  expect((await call(['topology'], { cwd: home, parts })).code).toBe(2);
  file('home/.local/state/switchover/lab/switchover.json', { clusters: [right] });
  expect((await call(['topology'], { cwd: home, parts })).code).toBe(0);
  mkdirSync(join(home, '.config', 'switchover'), { recursive: true });
  file('home/.config/switchover/switchover.json', { clusters: [] });
  expect((await call(['topology'], { cwd: home, parts })).err).toContain('configures no cluster');
});

test('settings in the current folder are not read by themselves, and it says how to name them', async () => {
  const cwd = join(dir, 'cloned');
  mkdirSync(cwd);
  const ran = join(cwd, 'ran');
  const passwordCommand = [process.execPath, '-e', `fs.writeFileSync(${JSON.stringify(ran)}, '')`];
  const here = file('cloned/switchover.json', { clusters: [{ ...right, passwordCommand }] });
  const { code, err } = await call(['topology'], { cwd });
  expect(code).toBe(2);
  expect(err).toContain(`${here} is not read by itself`);
  expect(err).toContain(`give --config ${here}`);
  expect(existsSync(ran)).toBe(false);
});

test.each(['', '.', 'home/me'])(
  'a home of %j is refused: its settings would be those of the current folder',
  async (home) => {
    const cwd = join(dir, `homeless${home.replaceAll('/', '-')}`);
    const folder = join(cwd, home, '.config', 'switchover');
    mkdirSync(folder, { recursive: true });
    const ran = join(cwd, 'ran');
    const passwordCommand = [
      process.execPath,
      '-e',
      `fs.writeFileSync(${JSON.stringify(ran)}, '')`,
    ];
    writeFileSync(
      join(folder, 'switchover.json'),
      JSON.stringify({ clusters: [{ ...right, passwordCommand }] }),
    );
    const parts = partsOf([new GivenCluster('orders', healthyState('orders'))]);
    const { code, err } = await call(['topology'], { cwd, home, parts });
    expect(code).toBe(2);
    expect(err).toBe(
      `error: The home folder is ${JSON.stringify(home)}, which is not an absolute path: set HOME to the home folder of this user.\n`,
    );
    expect(existsSync(ran)).toBe(false);
  },
);

test.skipIf(process.platform === 'win32')(
  'settings that others can write, or whose folder they can write, are refused with the command that changes it',
  async () => {
    const open = file('open.json', { clusters: [right] });
    chmodSync(open, 0o666);
    const first = await topology(open);
    expect(first.code).toBe(2);
    expect(first.err).toContain(`run chmod go-w ${open}`);
    const shared = join(dir, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    const within = file('shared/switchover.json', { clusters: [right] });
    expect((await topology(within)).err).toContain(`run chmod go-w ${shared}`);
    chmodSync(shared, 0o755);
    expect((await topology(within)).code).toBe(0);
  },
);

test('what is wrong with another cluster is a warning for the one that was asked for', async () => {
  const config = file('other.json', { clusters: [right, { ...right, id: 'stock', seeds: [] }] });
  const { code, out, err } = await topology(config, 'orders');
  expect(code).toBe(0);
  expect(out).toContain('db1:3306');
  expect(err).toBe(
    `warning: ${config}: clusters[1].seeds is empty: it needs at least one entry.\n`,
  );
});

test('asked for all, the right clusters are shown, and exit code 2 tells that one was left out', async () => {
  const config = file('all.json', { clusters: [right, { ...right, id: 'stock', seeds: [] }] });
  const { code, out } = await topology(config);
  expect(code).toBe(2);
  expect(out).toContain('db1:3306');
});

test('the cluster that was asked for must be right', async () => {
  const config = file('asked.json', { clusters: [right, { ...right, id: 'stock', seeds: [] }] });
  const { code, out, err } = await topology(config, 'stock');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('clusters[1].seeds is empty');
});

test('a key whose part is not built yet is answered with a note', async () => {
  const config = file('notice.json', {
    clusters: [{ ...right, backend: { orchestrator: 'http://orc:3000' } }],
  });
  const { code, err } = await topology(config);
  expect(code).toBe(0);
  expect(err).toBe(
    'note: not available yet: clusters[0].backend (watching through a running Orchestrator).\n',
  );
});

test.each([
  [['topologie'], "unknown command 'topologie'"],
  [['topology', '--jsn'], "unknown option '--jsn'"],
  [['topology', 'orders', 'more'], 'too many arguments'],
  [['promote'], "missing required argument 'CLUSTER'"],
  [['lab', 'up', '--flavor', 'oracle'], "'oracle' is invalid"],
  [['lab', 'up', '--replicas', '0'], 'a number from 1 to 9'],
  [['lab', 'sideways'], "unknown command 'sideways'"],
  [['acknowledge'], 'an ID, --cluster CLUSTER, or --all'],
  [['acknowledge', 'x', '--all'], 'an ID, --cluster CLUSTER, or --all'],
  [['topology', 'odrers'], 'No cluster is named "odrers"; did you mean orders?'],
  [['topology', 'x'], 'No cluster is named "x"; configured: orders.'],
  [
    ['promote', 'orders', 'db9'],
    'orders has no instance db9; it has db1:3306, db2:3306, db3:3306.',
  ],
  [['promote', 'orders', 'db2:99999'], 'the port must be a number between 1 and 65535'],
])('%j is a wrong command line: exit code 2', async (words, says) => {
  const config = file('words.json', { clusters: [{ ...right, environment: 'lab' }] });
  const parts = partsOf([new GivenCluster('orders', healthyState('orders'))]);
  const { code, out, err } = await call([...words, '--config', config], { cwd: dir, parts });
  expect(err).toContain(says);
  expect([code, out]).toEqual([2, '']);
});

test('help and every command of the contract stand on stdout', async () => {
  const { code, out } = await call(['--help'], { cwd: dir });
  expect(code).toBe(0);
  const named = [
    'topology',
    'problems',
    'promote',
    'rejoin',
    'relocate',
    'monitor',
    'recoveries',
    'acknowledge',
    'doctor',
    'lab',
  ];
  expect(named.filter((it) => !out.includes(`\n  ${it} `))).toEqual([]);
  expect((await call(['promote', '--help'], { cwd: dir })).out).toContain('--confirm <CLUSTER>');
});

test('a bug shows its stack and ends with 1', async () => {
  const config = file('bug.json', { clusters: [right] });
  const { code, err } = await call(['topology', '--config', config], { cwd: dir });
  expect(code).toBe(1);
  expect(err).toContain('this is a bug of switchover');
  expect(err).toMatch(/\n {4}at /);
});
