import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { passwordSource, variableSuffix } from '../../../src/adapters/password-source.ts';
import { readSettings, type ClusterSettings } from '../../../src/config/settings.ts';

const dir = mkdtempSync(join(tmpdir(), 'switchover-passwords-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const secret = 's3cr3t-word';

function cluster(more: object): ClusterSettings {
  const read = readSettings({
    clusters: [{ id: 'orders-eu', seeds: ['db1'], user: 'orc', ...more }],
  });
  const found = read.settings.clusters[0];
  if (!found) throw new Error(read.problems.map((it) => it.says).join(' '));
  return found;
}

function node(code: string): readonly string[] {
  return [process.execPath, '-e', code];
}

function file(name: string, text: string, mode: number): string {
  writeFileSync(join(dir, name), text);
  chmodSync(join(dir, name), mode);
  return name;
}

async function failure(more: object): Promise<string> {
  return passwordSource({}, dir)(cluster(more), 'monitor').then(
    () => 'no failure',
    (error: unknown) => String(error),
  );
}

test('a program prints the password; one newline at its end is no part of it', async () => {
  const command = node(`process.stdout.write(' ${secret} \\n\\n')`);
  expect(await passwordSource({}, dir)(cluster({ passwordCommand: command }), 'monitor')).toBe(
    ` ${secret} \n`,
  );
});

test('the arguments go to the program as they are, without a shell', async () => {
  const command = [...node('process.stdout.write(process.argv[1])'), '$HOME; echo "x"'];
  expect(await passwordSource({}, dir)(cluster({ passwordCommand: command }), 'monitor')).toBe(
    '$HOME; echo "x"',
  );
});

test('a program that reads its input sees the end of it at once', async () => {
  const command = node(`process.stdin.resume().on('end', () => process.stdout.write('${secret}'))`);
  expect(await passwordSource({}, dir)(cluster({ passwordCommand: command }), 'monitor')).toBe(
    secret,
  );
});

test('what a failing program printed is not repeated', async () => {
  const code = `process.stdout.write('${secret}'); process.stderr.write('${secret}'); process.exit(7)`;
  const says = await failure({ passwordCommand: node(code) });
  expect(says).toContain('passwordCommand of orders-eu');
  expect(says).toContain('exit code 7');
  expect(says).not.toContain(secret);
});

test('a program that is not there is named', async () => {
  expect(await failure({ passwordCommand: ['no-such-program-here'] })).toContain(
    'the program no-such-program-here was not found',
  );
});

test('a program that prints nothing is told', async () => {
  expect(await failure({ passwordCommand: node('') })).toContain('printed nothing');
});

test('a file of its owner alone is read, from the folder of the settings', async () => {
  const passwordFile = file('own', `${secret}\n`, 0o600);
  expect(await passwordSource({}, dir)(cluster({ passwordFile }), 'monitor')).toBe(secret);
});

test.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o666])(
  'a file of mode %o is refused',
  async (mode) => {
    const says = await failure({ passwordFile: file(`open-${String(mode)}`, secret, mode) });
    expect(says).toContain(`mode ${mode.toString(8)}`);
    expect(says).toContain('chmod 600');
    expect(says).not.toContain(secret);
  },
);

test.skipIf(process.platform === 'win32')(
  'a file in a folder that every user may write is refused',
  async () => {
    const open = join(dir, 'open-folder');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const says = await failure({ passwordFile: file('open-folder/secret', secret, 0o600) });
    expect(says).toContain(`run chmod go-w ${open}`);
    expect(says).not.toContain(secret);
  },
);

test('a file that is missing or empty is told by its name', async () => {
  expect(await failure({ passwordFile: 'nowhere' })).toContain(
    `${join(dir, 'nowhere')} does not exist`,
  );
  expect(await failure({ passwordFile: file('empty', '\n', 0o600) })).toContain('is empty');
});

test('the environment of the cluster goes before the general one', async () => {
  const env = {
    SWITCHOVER_PASSWORD: 'general',
    SWITCHOVER_PASSWORD_ORDERS_EU: 'own',
    SWITCHOVER_REPLICATION_PASSWORD: 'repl',
  };
  const source = passwordSource(env, dir);
  expect(await source(cluster({}), 'monitor')).toBe('own');
  expect(await source(cluster({ id: 'other' }), 'monitor')).toBe('general');
  expect(await source(cluster({}), 'replication')).toBe('repl');
});

test('the replication user has its own command and file', async () => {
  const more = {
    passwordCommand: node(`process.stdout.write('monitor')`),
    replicationPasswordFile: file('repl', 'repl', 0o600),
  };
  const source = passwordSource({ SWITCHOVER_REPLICATION_PASSWORD: 'env' }, dir);
  expect(await source(cluster(more), 'monitor')).toBe('monitor');
  expect(await source(cluster(more), 'replication')).toBe('repl');
});

test('without any source there is no password', async () => {
  expect(await passwordSource({}, dir)(cluster({}), 'monitor')).toBeUndefined();
});

test('the name of a variable is the id in capitals', () => {
  expect(variableSuffix('orders-eu.1')).toBe('ORDERS_EU_1');
});
