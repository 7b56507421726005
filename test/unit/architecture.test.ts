import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { monitorRights, rightsToSeeOthers } from '../../src/dialect/least-rights.ts';

const root = join(import.meta.dirname, '../..');
const architecture = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Folders at the top whose contents are made, or are no part of the architecture. */
const made = ['dist', 'out', 'node_modules'];

/** What stands in backticks and looks like a path of this project. */
function pathsIn(text: string): readonly string[] {
  const tops = readdirSync(root);
  return [...text.matchAll(/`([\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => tops.includes(path.split('/')[0] ?? ''));
}

test('every path that ARCHITECTURE.md names exists', () => {
  const paths = pathsIn(architecture).filter((path) => !made.includes(path.split('/')[0] ?? ''));
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every folder of sources and tests is in the code map', () => {
  const folders = [
    'src',
    'src/core',
    'src/core/decide',
    'src/core/engine',
    'src/adapters',
    'src/extension',
    'src/cli',
    'webview',
    'test',
  ].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`),
  );
  const explained = new Set(pathsIn(architecture));
  const covered = ['src/core', 'src/adapters'];
  expect(folders.filter((it) => !explained.has(it) && !covered.includes(it))).toEqual([]);
});

test('every npm script that README and ARCHITECTURE name exists', () => {
  const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const named = [...`${readme}${architecture}`.matchAll(/npm (?:run ([\w:]+)|(test))/g)].map(
    ([, script, testing]) => script ?? testing ?? '',
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((it) => !(it in scripts))).toEqual([]);
});

test.each(monitorRights)(
  'README names exactly the rights that the monitor user needs ($flavor since $since)',
  ({ flavor, since, rights, eventRights }) => {
    const grants = [...readme.matchAll(/GRANT ([A-Z_ ,]+)\n\s+ON/g)].map(([, list = '']) =>
      list.split(', ').toSorted(),
    );
    expect(grants).toContainEqual(rights.map(({ privilege }) => privilege).toSorted());
    for (const it of rightsToSeeOthers({ flavor, release: since })) {
      expect(readme).toContain(`GRANT ${it} TO 'orc_client_user'@'%';`);
    }
    expect(grants).toContainEqual(eventRights.map(({ privilege }) => privilege).toSorted());
  },
);
