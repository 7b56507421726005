import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mergedBundle } from '../../l10n/merge.mts';
import * as labels from '../../src/protocol/labels.ts';
import * as shown from '../../src/protocol/sentences.ts';
import { settingsSchema } from '../../src/config/settings-schema.ts';
import { editorSentences } from '../support/builders/editor-sentences.ts';

const root = new URL('../../', import.meta.url);

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly main: string;
  readonly l10n: string;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly icon: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly keybindings: readonly MenuEntry[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly when?: string }[];
  };
}

function textOf(name: string): string {
  return readFileSync(new URL(name, root), 'utf8');
}

function tableOf(name: string): Readonly<Record<string, string>> {
  return JSON.parse(textOf(name));
}

const manifest: Manifest = JSON.parse(textOf('package.json'));
const { contributes } = manifest;
const declared = contributes.commands.map(({ command }) => command).toSorted();

const sources = readdirSync(new URL('src/extension/', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => textOf(`src/extension/${name}`))
  .concat(textOf('src/extension.ts'))
  .join('\n');

/** All `switchover.word` that the extension names in quotes and that `fits`. */
function named(fits: RegExp): readonly string[] {
  const names = [...sources.matchAll(/'(switchover\.[A-Za-z]+)'/g)].map(([, name]) => name ?? '');
  return [...new Set(names)].filter((it) => fits.test(it)).toSorted();
}

test('the table of commands and the manifest name the same commands', () => {
  const [, table = ''] =
    /const commands[^=]*= \{([^}]*)\}/.exec(textOf('src/extension/commands/commands.ts')) ?? [];
  const handled = [...table.matchAll(/'(switchover\.\w+)'/g)]
    .map(([, name]) => name ?? '')
    .toSorted();
  expect(declared.length).toBeGreaterThan(10);
  expect(handled).toEqual(declared);
});

test('every menu and key leads to a command of the manifest', () => {
  const entries = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
  expect(entries.length).toBeGreaterThan(20);
  expect(entries.map(({ command }) => command).filter((it) => !declared.includes(it))).toEqual([]);
});

test('every view of the manifest is filled by the extension', () => {
  const views = Object.values(contributes.views)
    .flat()
    .map(({ id }) => id);
  expect(views.filter((id) => !sources.includes(`'${id}'`))).toEqual([]);
  expect(contributes.viewsWelcome.filter(({ view }) => !views.includes(view))).toEqual([]);
});

test('every condition of a menu or walkthrough asks for something that the extension sets', () => {
  const conditions = JSON.stringify(contributes);
  const asked = new Set(
    [...conditions.matchAll(/(switchover\.(?:has|empty)[A-Z]\w+)/g)].map(([, name]) => name ?? ''),
  );
  expect([...asked].toSorted()).toEqual(named(/\.(has|empty)/));
  expect(asked.size).toBe(12);
});

test('every setting of the schema is in the manifest, and none is read in a folder that is not trusted', () => {
  const settings = Object.keys(settingsSchema.shape).map((name) => `switchover.${name}`);
  expect(Object.keys(contributes.configuration.properties).toSorted()).toEqual(settings.toSorted());
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted()).toEqual(
    settings.toSorted(),
  );
});

test('every %key% of the manifest has its text in both languages, and no text is left over', () => {
  const keys = [...textOf('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? '');
  const unique = [...new Set(keys)].toSorted();
  expect(unique.length).toBeGreaterThan(30);
  expect(Object.keys(tableOf('package.nls.json')).toSorted()).toEqual(unique);
  expect(Object.keys(tableOf('package.nls.ko.json')).toSorted()).toEqual(unique);
});

test('every sentence that the views and the editor say has a Korean translation', async () => {
  const said = [...Object.values(labels), ...Object.values(shown)]
    .flatMap((table) => Object.values(table))
    .concat((await editorSentences()).map(([, sentence]) => sentence))
    .filter((it) => typeof it === 'string');
  const bundle = tableOf('l10n/bundle.l10n.ko.json');
  expect(said.length).toBeGreaterThan(150);
  expect([...new Set(said)].filter((it) => bundle[it] === undefined)).toEqual([]);
});

/** The values in a sentence: `{name}`. */
function valuesOf(text: string): readonly string[] {
  return [...new Set(text.match(/\{\w+\}/g))].toSorted();
}

test('a translation holds the same values as its sentence', () => {
  const wrong = Object.entries(tableOf('l10n/bundle.l10n.ko.json')).filter(
    ([sentence, translation]) => valuesOf(sentence).join() !== valuesOf(translation).join(),
  );
  expect(wrong).toEqual([]);
});

test('the bundles are merged from their parts', () => {
  expect(tableOf('l10n/bundle.l10n.ko.json')).toEqual(mergedBundle('ko'));
});

test('no sentence of the editor is left that nobody says', async () => {
  const unsaid = (await editorSentences())
    .map(([name]) => name)
    .filter((name) => !new RegExp(String.raw`[sS]entences\.${name}\b`).test(sources));
  expect(unsaid).toEqual([]);
});
