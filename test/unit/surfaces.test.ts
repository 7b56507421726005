import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Every source of the two doors is read as a tree. */
const slow = { timeout: 60_000 };

function filesOf(...patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: root }).toSorted();
}

interface Spelling {
  readonly text: string;
  readonly at: string;
}

const known = new Map<string, readonly Spelling[]>();

/** What a file reaches for, declares and imports, in its own spelling without blanks, with its line. */
function spellingsOf(file: string): readonly Spelling[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Spelling[] = [];
  const walk = (node: ts.Node): void => {
    const spelled = spellingOf(node);
    if (spelled !== undefined) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({
        text: spelled.getText(source).replaceAll(/\s+/g, ''),
        at: `${file}:${String(line)}`,
      });
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  known.set(file, found);
  return found;
}

function spellingOf(node: ts.Node): ts.Node | undefined {
  if (ts.isNewExpression(node)) return node.expression;
  if (ts.isPropertyAssignment(node)) return node.name;
  const isMeant =
    ts.isPropertyAccessExpression(node) ||
    ts.isBindingElement(node) ||
    ts.isImportDeclaration(node) ||
    (ts.isVariableDeclaration(node) && node.initializer?.getText().endsWith('window') === true);
  return isMeant ? node : undefined;
}

function placesOf(files: readonly string[], forbidden: RegExp): readonly string[] {
  return files.flatMap((file) =>
    spellingsOf(file)
      .filter((it) => forbidden.test(it.text))
      .map((it) => it.at),
  );
}

const editor = filesOf('src/extension/**/*.ts', 'src/extension.ts');
const others = editor.filter((it) => it !== 'src/extension/ui/window.ts');

test('the extension says everything through its wrappers', slow, () => {
  expect(others.length).toBeGreaterThan(60);
  const speaks =
    /\.window\.(show(Information|Warning|Error)Message|withProgress|showQuickPick|showInputBox|setStatusBarMessage|createQuickPick|createInputBox|createOutputChannel|createTerminal|showWorkspaceFolderPick)$/;
  expect(placesOf(others, speaks)).toEqual([]);
  expect(placesOf(others, /^import\{.*\}from'vscode'$|^import\w+from'vscode'/)).toEqual([]);
  expect(placesOf(others, /=vscode\.window$/)).toEqual([]);
});

test('no page of Markdown, no row and no log is made beside the wrappers', slow, () => {
  expect(placesOf(others, /^vscode\.(MarkdownString|TreeItem)$/)).toEqual([]);
  expect(placesOf(others, /append(Markdown|Text|Codeblock|Line)$/)).toEqual([]);
});

test('no Markdown of ours is trusted with commands or HTML', slow, () => {
  expect(placesOf(editor, /^(?!vscode\.workspace\.)(.*\.)?(isTrusted|supportHtml)$/)).toEqual([]);
});

test('no sentence holds a link: what can be done is a button', slow, () => {
  const files = filesOf('src/**/*.ts', 'webview/**/*.ts', 'l10n/**/*.json');
  expect(files.length).toBeGreaterThan(300);
  const linked = files.filter((it) => {
    const text = readFileSync(join(root, it), 'utf8');
    return /\]\((?:command|https?|file):/.test(text) && it !== 'src/core/model/shown-text.ts';
  });
  expect(linked).toEqual([]);
});

test('every text of the status bar goes through the wrapper', slow, () => {
  const text = readFileSync(join(root, 'src/extension/ui/status-bar.ts'), 'utf8');
  const set = [...text.matchAll(/#item\.(?:text|tooltip) = ([^;]*);/g)].map(
    ([, value = '']) => value,
  );
  expect(set).toHaveLength(4);
  for (const value of set)
    expect(value).toMatch(/^(statusBarText\(|new Tooltip\(\)|this\.#tooltip\()/);
});

test('the command line writes through one file, which lets a terminal obey nothing', slow, () => {
  const cli = filesOf('src/cli/**/*.ts');
  const streams = filesOf('src/**/*.ts')
    .filter((it) => it !== 'src/cli/main.ts')
    .filter((it) =>
      /\bprocess\.(stdout|stderr)\b|\bconsole\.\w+\(/.test(readFileSync(join(root, it), 'utf8')),
    );
  expect(streams).toEqual([]);
  const raw = placesOf(
    cli.filter((it) => it !== 'src/cli/run-cli.ts'),
    /(^|\.)io\.(out|err)$/,
  );
  expect(raw).toEqual([]);
  const taking = placesOf(
    cli.filter((it) => !['src/cli/run-cli.ts', 'src/cli/main.ts', 'src/cli/io.ts'].includes(it)),
    /^\{?(out|err)(:|$)/,
  );
  expect(taking).toEqual([]);
  const written = [
    ...readFileSync(join(root, 'src/cli/run-cli.ts'), 'utf8').matchAll(/io\.(?:out|err)\(([^)]*)/g),
  ].map(([, value = '']) => value.trim());
  expect(written.length).toBeGreaterThan(4);
  for (const value of written) {
    expect(value).toMatch(/pen\.line\(|lines\(|printableJson\(|^'[^']*'$|^$|please report/);
  }
});

test('the page of the panel draws text as text', slow, () => {
  const page = filesOf('webview/**/*.ts');
  expect(page.length).toBeGreaterThan(10);
  expect(
    placesOf(page, /unsafe(HTML|SVG|CSS|Static)$|(inner|outer)HTML$|insertAdjacentHTML$|^eval$/),
  ).toEqual([]);
  const links = page.filter((it) =>
    /href=|src=\$|srcdoc=/.test(readFileSync(join(root, it), 'utf8')),
  );
  expect(links).toEqual([]);
});
