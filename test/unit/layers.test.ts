import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import readRules from 'dependency-cruiser/config-utl/extract-depcruise-options';
import readTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What a statement of SQL looks like, as opposed to a sentence about one. */
const sql = new RegExp(
  [
    'SELECT\\s+[\\w@*`].*\\s(FROM|AS)\\s',
    'SELECT\\s+@@',
    'SHOW\\s+(ALL\\s+)?(SLAVE|REPLICA|MASTER|BINARY|BINLOG|GLOBAL|VARIABLES|FULL|PROCESSLIST)S?\\b',
    'CHANGE\\s+(MASTER|REPLICATION)\\b',
    '(START|STOP|RESET)\\s+(SLAVE|REPLICA|MASTER|BINARY|ALL\\s+SLAVES)\\b',
    'SET\\s+(GLOBAL|SESSION|PERSIST|@@)',
    'INSERT\\s+INTO\\b',
    'DELETE\\s+FROM\\b',
    'CREATE\\s+(USER|TABLE|DATABASE)\\b',
    'GRANT\\s+[A-Z]+.*\\sON\\s',
    'FLUSH\\s+(TABLES|PRIVILEGES|LOGS)\\b',
    'GET_LOCK\\(',
  ].join('|'),
);

function filesUnder(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
}

function linesOf(file: string): readonly string[] {
  return readFileSync(join(root, file), 'utf8').split('\n');
}

function withoutComments(lines: readonly string[]): string {
  return lines.filter((line) => !/^\s*(\/\/|\/?\*)/.test(line)).join('\n');
}

async function violationsIn(baseDir: string, folders: readonly string[]): Promise<ICruiseResult> {
  const rules = await readRules(join(root, '.dependency-cruiser.cjs'));
  const tsConfig: unknown = readTsConfig(join(root, 'tsconfig.json'));
  const { output } = await cruise([...folders], { ...rules, baseDir }, {}, { tsConfig });
  if (typeof output === 'string') {
    throw new TypeError('The cruiser answered with text.');
  }
  return output;
}

function told(result: ICruiseResult): readonly string[] {
  return result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

test('every import keeps to its layer', async () => {
  const result = await violationsIn(root, ['src', 'webview']);
  expect(told(result)).toEqual([]);
  expect(result.summary.totalCruised).toBeGreaterThan(filesUnder('src', 'webview').length - 1);
  expect(result.summary.totalCruised).toBeGreaterThan(20);
  expect(result.summary.totalDependenciesCruised).toBeGreaterThan(20);
}, 60_000);

test.each([
  {
    name: 'a planner that spells SQL itself',
    rule: 'decide-sees-too-much',
    files: {
      'src/core/decide/plan.ts': "import '../../dialect/statements.ts';",
      'src/dialect/statements.ts': 'export const statement = 1;',
    },
  },
  {
    name: 'an engine that reads files',
    rule: 'core-sees-too-much',
    files: { 'src/core/engine.ts': "import 'node:fs';" },
  },
  {
    name: 'a command line that knows the editor',
    rule: 'cli-sees-too-much',
    files: { 'src/cli/main.ts': "import 'vscode';" },
  },
  {
    name: 'two files that need each other',
    rule: 'no-circles',
    files: {
      'src/dialect/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
      'src/dialect/b.ts': "import type { A } from './a.ts';\nexport type B = A;",
    },
  },
  {
    name: 'a file that nobody needs',
    rule: 'no-orphans',
    files: { 'src/dialect/left-over.ts': 'export const left = 1;' },
  },
])('$name is caught', async ({ rule, files }) => {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { summary } = await violationsIn(folder, ['src']);
    expect(summary.violations.map((it) => it.rule.name)).toContain(rule);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('SQL for servers is spelled in the dialect; the lab sets up its own, and the store speaks SQLite', () => {
  const elsewhere = filesUnder('src', 'webview')
    .filter((file) => !/^src\/(dialect|adapters\/(lab|store))\//.test(file))
    .filter((file) => sql.test(withoutComments(linesOf(file))));
  expect(elsewhere).toEqual([]);
  const inDialect = filesUnder('src/dialect').filter((file) =>
    sql.test(withoutComments(linesOf(file))),
  );
  expect(inDialect.length).toBeGreaterThan(0);
});

test('only the extension knows the editor', () => {
  const importing = filesUnder('src', 'webview').filter((file) =>
    linesOf(file).some((line) => /from 'vscode'|import\('vscode'\)/.test(line)),
  );
  expect(importing.filter((file) => !/^src\/extension(\/|\.ts$)/.test(file))).toEqual([]);
  expect(importing.length).toBeGreaterThan(0);
});

test('no file is longer than 400 lines', () => {
  const files = filesUnder('src', 'webview', 'test/unit', 'test/support');
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => linesOf(file).length > 401)).toEqual([]);
});
