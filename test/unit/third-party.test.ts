import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { bundles, copied } from '../../bundles.mts';
import { noticesOf, objectionsTo, packagesIn, readThirdParty } from '../../third-party.mts';

const root = join(import.meta.dirname, '../..');

/** A package of these files, by name. */
function packageOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchover-package-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  Object.entries(files).forEach(([name, text]) => {
    writeFileSync(join(folder, name), text);
  });
  return folder;
}

function licensed(
  license: unknown,
  files: Readonly<Record<string, string>> = { LICENSE: 'Text.' },
) {
  const manifest = { name: 'thing', version: '1.0.0', author: 'Ann', license };
  return readThirdParty(packageOf({ 'package.json': JSON.stringify(manifest), ...files }));
}

test('all that is bundled may be shipped, and comes with the text of its licence', async () => {
  const built = await Promise.all(
    bundles.map((it) => build({ ...it, metafile: true, write: false, absWorkingDir: root })),
  );
  const folders = [...packagesIn(built.map(({ metafile }) => metafile)), copied.from];
  const all = folders.map((it) => readThirdParty(join(root, it)));

  expect(objectionsTo(all)).toEqual([]);
  const names = all.map(({ name }) => name);
  // One of the extension host, of the command line, of the page, and what is copied.
  expect(names).toEqual(
    expect.arrayContaining(['mysql2', 'commander', 'lit-html', '@vscode/codicons']),
  );
  const notices = noticesOf(all);
  all.forEach(({ name, version, licence }) => {
    expect(notices).toContain(`\n${name} ${version}\n${licence}\n`);
  });
  expect(notices).toContain('Andrey Sidorov');
}, 60_000);

test.each([
  ['GPL-3.0-only'],
  ['MIT AND GPL-3.0-only'],
  ['SEE LICENSE IN LICENSE'],
  ['UNLICENSED'],
  [undefined],
])('a package under %s is refused by its name', (license) => {
  const [objection, ...more] = objectionsTo([licensed(license)]);

  expect(objection).toMatch(/^thing 1\.0\.0 (is licensed|names no licence)/);
  expect(more).toEqual([]);
});

test.each([['MIT'], ['(GPL-3.0-only OR MIT)'], ['MIT AND BSD-3-Clause'], [{ type: 'ISC' }]])(
  'a package under %o is accepted',
  (license) => {
    expect(objectionsTo([licensed(license)])).toEqual([]);
  },
);

test('licences and notices are told whole', () => {
  const { texts } = licensed('Apache-2.0', { LICENSE: 'The terms.', 'NOTICE.txt': 'Made by Ann.' });

  expect(texts).toEqual(['The terms.', 'Made by Ann.']);
});

test('a short licence whose text is missing is told with the name of its owner', () => {
  expect(licensed('MIT', {}).texts).toEqual([
    expect.stringMatching(/^Copyright \(c\) Ann\n\nPermission is hereby granted/),
  ]);
});

test('a long licence whose text is missing is refused', () => {
  expect(objectionsTo([licensed('Apache-2.0', {})])).toEqual([
    'thing 1.0.0 is licensed Apache-2.0, and its package holds no text of it that could be shipped.',
  ]);
});

test('what is left out of a bundle needs no notice', () => {
  const inputs = {
    'node_modules/@scope/used/index.js': { bytesInOutput: 1 },
    'node_modules/used/node_modules/inner/lib/index.js': { bytesInOutput: 1 },
    'node_modules/shaken/index.js': { bytesInOutput: 0 },
    'src/cli/main.ts': { bytesInOutput: 1 },
  };

  expect(packagesIn([{ outputs: { 'dist/cli.js': { inputs } } }])).toEqual([
    'node_modules/@scope/used',
    'node_modules/used/node_modules/inner',
  ]);
});
