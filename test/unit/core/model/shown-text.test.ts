import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  editorText,
  lines,
  markdownCode,
  markdownLine,
  oneLine,
  printableJson,
} from '../../../../src/core/model/shown-text.ts';
import { expectNoLink, expectTame, hostile } from '../../../support/hostile.ts';

test('what a screen would obey is spelled', () => {
  expect(oneLine('a\u001B[31mb\u009B0m\n')).toBe(String.raw`a\u{1b}[31mb\u{9b}0m\u{a}`);
  expect(oneLine('db1\u202E:3306')).toBe(String.raw`db1\u{202e}:3306`);
  expectTame(oneLine(hostile));
  expect(lines('a\n\tb\r')).toBe('a\n\tb\\u{d}');
});

test('ordinary words of every script stay as they are', () => {
  for (const words of [
    'db-1.example:3306',
    '복제본 3개가 지연 중입니다',
    'نماینده\u200Cها',
    '👩‍💻 ok',
  ]) {
    expect(oneLine(words)).toBe(words);
    expect(editorText(words)).toBe(words);
  }
});

test('no text holds a link or an icon of the editor, whatever it was joined from', () => {
  expectNoLink(editorText(hostile));
  expect(editorText('[Accept](command:x) $(pass)')).toBe('[Accept] (command:x) $ (pass)');
  const pieces = fc.array(
    fc.constantFrom('[', ']', '(', ')', '$', '](', '$(', 'x', '\u001B', '\n'),
  );
  fc.assert(fc.property(pieces, (it) => expectNoLink(editorText(it.join('')))));
});

test('nothing acts as Markdown or HTML in a line of a page, also not spelled as an entity', () => {
  const line = markdownLine(`${hostile}\n# title &#91;a&#93; &lt;b&gt; A & B`);
  expectTame(line);
  expect(line).not.toContain('\n');
  expect(line.replaceAll(/\\[^\w\s]/g, '')).not.toMatch(/[`*[\]<>|]|&[#\w]/);
  expect(line).toContain('A & B');
});

test('a block of code ends where we end it', () => {
  const page = markdownCode('````\nx\u001B]0;t\u0007', 'sql');
  expect(page).toBe('`````sql\n````\nx\\u{1b}]0;t\\u{7}\n`````');
});

test('JSON says the same, and a terminal has nothing to obey', () => {
  const units = fc.array(fc.nat(0xffff)).map((it) => String.fromCharCode(...it));
  fc.assert(
    fc.property(units, (text) => {
      const json = printableJson(JSON.stringify({ text }, null, 2));
      expectTame(json);
      expect(JSON.parse(json)).toEqual({ text });
    }),
  );
});
