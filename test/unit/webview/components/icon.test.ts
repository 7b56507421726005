import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codePoints } from '../../../../webview/components/icon.ts';

const sheet = readFileSync(
  new URL('../../../../node_modules/@vscode/codicons/dist/codicon.css', import.meta.url),
  'utf8',
);

test.each(Object.entries(codePoints))('%s is where the icon font has it', (name, codePoint) => {
  const rule = new RegExp(`\\.codicon-${name}:before \\{ content: "\\\\([0-9a-f]+)"`).exec(sheet);
  expect(rule?.[1]).toBe(codePoint.toString(16));
});

test('every icon that a view may name is drawn', () => {
  const views = ['instance-state', 'banner-view', 'summary-view', 'recovery-view', 'watch-view']
    .map((it) =>
      readFileSync(new URL(`../../../../src/protocol/${it}.ts`, import.meta.url), 'utf8'),
    )
    .join('\n');
  const named = [...views.matchAll(/(?:icon: |: ')'?([a-z]+(?:-[a-z]+)*)(?:~spin)?'/g)].map(
    (it) => it[1] ?? '',
  );
  const known = new Set(Object.keys(codePoints));
  const icons = named.filter((it) => sheet.includes(`.codicon-${it}:before`));
  expect(icons.length).toBeGreaterThan(15);
  expect(icons.filter((it) => !known.has(it))).toEqual([]);
});
