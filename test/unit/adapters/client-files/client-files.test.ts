import { createCipheriv } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { readComposeFile } from '../../../../src/adapters/client-files/compose-file.ts';
import { readLoginPathFile } from '../../../../src/adapters/client-files/login-path-file.ts';
import { namedIn } from '../../../../src/adapters/client-files/env-file.ts';
import { loginIn, readOptionFile } from '../../../../src/adapters/client-files/option-file.ts';
import {
  readClientFiles,
  readComposeFileAt,
} from '../../../../src/adapters/client-files/read-client-files.ts';
import { suggestId } from '../../../../src/config/cluster-suggestion.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('an option file is read as the clients of MySQL read it', () => {
  const { groups, includes } = readOptionFile(`
# a comment
; another
!includedir conf.d
[client]
host = db001   # in the middle
port=13306
user='orc'
password = "a#b'c\\s\\\\d"
quick
[MYSQL]
loose_safe_updates
user = other
`);
  expect([...(groups.get('client') ?? [])]).toEqual([
    ['host', 'db001'],
    ['port', '13306'],
    ['user', 'orc'],
    ['password', "a#b'c \\d"],
    ['quick', ''],
  ]);
  expect(groups.get('mysql')?.has('safe-updates')).toBe(true);
  expect(includes).toEqual([{ kind: 'folder', path: 'conf.d' }]);
  expect(loginIn(groups, ['client', 'mysql'])).toEqual({
    host: 'db001',
    port: 13_306,
    user: 'other',
    password: "a#b'c \\d",
  });
});

test('what it includes counts, what others may write does not, and a ring of includes ends', async () => {
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, '.my.cnf'), `[client]\nuser=me\n!includedir more\n`);
  writeFileSync(join(folder, 'more/a.cnf'), `!include ../.my.cnf\n[client]\nhost=db7\n`);
  writeFileSync(join(folder, 'more/b.cnf'), '[client]\nhost=evil\n');
  chmodSync(join(folder, 'more/b.cnf'), 0o666);
  mkdirSync(join(folder, 'more/open'));
  writeFileSync(join(folder, 'more/c.cnf'), '!include open/d.cnf\n');
  writeFileSync(join(folder, 'more/open/d.cnf'), '[client]\nhost=evil\n');
  chmodSync(join(folder, 'more/open'), 0o777);
  const { found, problems } = await readClientFiles(folder);
  expect(found.filter((it) => it.detail.includes(folder))).toMatchObject([
    { seed: 'db7:3306', user: 'me', password: null },
  ]);
  expect(problems.map(inEnglish).filter((it) => it.includes(folder))).toEqual([
    `${join(folder, 'more/b.cnf')} is left out: ${join(folder, 'more/b.cnf')} can be written by every user (mode 666): run chmod go-w ${join(folder, 'more/b.cnf')}`,
    expect.stringContaining(`run chmod go-w ${join(folder, 'more/open')}`),
  ]);
});

/** As `mysql_config_editor` writes it: each line by itself. */
function loginPathFile(text: string): Buffer {
  const key = Buffer.from(Array.from({ length: 20 }, (_, place) => (place * 37 + 11) % 32));
  const folded = Buffer.alloc(16);
  key.forEach((byte, place) => {
    folded[place % 16] = (folded[place % 16] ?? 0) ^ byte;
  });
  const lines = text.split(/(?<=\n)/).map((line) => {
    const cipher = createCipheriv('aes-128-ecb', folded, null);
    const written = Buffer.concat([cipher.update(line, 'utf8'), cipher.final()]);
    const length = Buffer.alloc(4);
    length.writeInt32LE(written.length);
    return Buffer.concat([length, written]);
  });
  return Buffer.concat([Buffer.alloc(4), key, ...lines]);
}

test('login paths are read, each as one place', async () => {
  const text = '[client]\nuser = "root"\nhost = "localhost"\n[far]\nhost = "db9"\nport = 13307\n';
  expect(readLoginPathFile(loginPathFile(text))).toBe(text);
  writeFileSync(join(folder, '.mylogin.cnf'), loginPathFile(text));
  const { found } = await readClientFiles(folder);
  expect(found.filter((it) => it.detail.includes(folder))).toMatchObject([
    { label: 'client', seed: '127.0.0.1:3306', user: 'root' },
    { label: 'far', seed: 'db9:13307', user: null },
  ]);
});

test('login paths that others may write are left out', async () => {
  const file = join(folder, '.mylogin.cnf');
  writeFileSync(file, loginPathFile('[far]\nhost = "evil"\n'));
  chmodSync(file, 0o622);
  const { found, problems } = await readClientFiles(folder);
  expect(found.filter((it) => it.detail.includes(folder))).toEqual([]);
  expect(problems.map(inEnglish).join()).toContain(`run chmod go-w ${file}`);
});

test('a file that is too large, or none, is told of and never read whole', async () => {
  writeFileSync(join(folder, '.my.cnf'), `[client]\nhost=db1\n${'#'.repeat(1_000_000)}`);
  mkdirSync(join(folder, '.mylogin.cnf'));
  const { found, problems } = await readClientFiles(folder);
  expect(found.filter((it) => it.detail.includes(folder))).toEqual([]);
  expect(problems.map(inEnglish).filter((it) => it.includes(folder))).toEqual([
    `${join(folder, '.my.cnf')} is left out: it is larger than 1 MB.`,
    `${join(folder, '.mylogin.cnf')} cannot be read.`,
  ]);
  const compose = join(folder, 'compose.yml');
  writeFileSync(compose, 'services: {}\n'.padEnd(1_000_001, '#'));
  const read = await readComposeFileAt(compose, {});
  expect(read.problems.map(inEnglish)).toEqual([`${compose} is left out: it is larger than 1 MB.`]);
});

test.each([
  ['many empty lines', '\n'.repeat(900_000)],
  ['a long run of blanks', `A=x${' '.repeat(900_000)}y`],
  ['blanks before nothing', ' '.repeat(900_000)],
  ['many quotes', `A='${"'".repeat(900_000)}`],
])('the file beside a compose file is read in linear time: %s', (_, text) => {
  const before = performance.now();
  namedIn(text);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test('names and values of that file', () => {
  const text = '# PORT=1\n A = 1 \r\nB="two words"\nC=\'x\'\nD=\nE=a=b\nnot a line\nF="\n';
  expect(namedIn(text)).toEqual({ A: '1', B: 'two words', C: 'x', D: '', E: 'a=b', F: '"' });
});

test('a file that is none is told of, with nothing of its content', async () => {
  writeFileSync(join(folder, '.mylogin.cnf'), 'secret words that are no login path file');
  const { problems } = await readClientFiles(folder);
  expect(problems.map(inEnglish).join()).toMatch(/\.mylogin\.cnf: It .*login path file/);
  expect(problems.map(inEnglish).join()).not.toContain('secret');
});

const composeText = `
x-common: &common
  image: mariadb:10.11
  environment: { MARIADB_ROOT_PASSWORD: pass-1 }
services:
  db001:
    <<: *common
    container_name: one
    ports: ["127.0.0.1:\${PORT_ONE:-13311}:3306"]
  db002:
    image: registry.example/mysql:9.7
    environment: [MYSQL_ROOT_PASSWORD=pass-2]
    ports:
      - { target: 3306, published: "13312" }
  db003: { image: percona/percona-server:8.0, ports: ["3306"] }
  web: { image: mysql-client-tools, ports: ["80:80"] }
  admin: { image: phpmyadmin, ports: [8080:80] }
`;

test('the servers of a compose file, by their published ports', () => {
  const { found, problems } = readComposeFile(composeText, {});
  const addresses = {
    'db001:3306': '127.0.0.1:13311',
    'one:3306': '127.0.0.1:13311',
    'db002:3306': '127.0.0.1:13312',
  };
  expect(found).toEqual([
    {
      label: 'db001',
      detail: 'mariadb:10.11 · 127.0.0.1:13311',
      seed: '127.0.0.1:13311',
      addresses,
      user: 'root',
      password: 'pass-1',
    },
    {
      label: 'db002',
      detail: 'registry.example/mysql:9.7 · 127.0.0.1:13312',
      seed: '127.0.0.1:13312',
      addresses,
      user: 'root',
      password: 'pass-2',
    },
  ]);
  expect(problems.map(inEnglish)).toEqual([
    'These publish no port, such as "127.0.0.1:13306:3306": db003.',
  ]);
});

test('names in it are filled from the file beside it', async () => {
  writeFileSync(join(folder, 'compose.yaml'), composeText);
  writeFileSync(join(folder, '.env'), 'PORT_ONE=23311\n');
  const { found } = await readComposeFileAt(join(folder, 'compose.yaml'), {});
  expect(found[0]?.seed).toBe('127.0.0.1:23311');
});

test.each([
  ['services: [', /no YAML/],
  ['a: 1', /no compose file/],
  ['services: { web: { image: nginx } }', /No service/],
  ['services: { db: { image: mysql, ports: 3306 } }', /services\.db\.ports cannot be read/],
])('%s is told of', (text, says) => {
  expect(readComposeFile(text, {}).problems.map(inEnglish).join()).toMatch(says);
});

test.each([
  ['db001:3306', [], 'db001'],
  ['db001.example.net:3306', ['db001'], 'db001-2'],
  ['127.0.0.1:13306', ['cluster', 'cluster-2'], 'cluster-3'],
  ['[::1]:3306', [], 'cluster'],
] as const)('%s beside %j is called %s', (seed, taken, id) => {
  expect(suggestId(seed, taken)).toBe(id);
});
