import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  editorText,
  lines,
  markdownCode,
  markdownLine,
  oneLine,
  printableJson,
  unlinkedText,
} from '../../../../src/core/model/shown-text.ts';
import { expectNoLink, expectTame, hostile } from '../../../support/builders/hostile.ts';

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

test('no address without a mark becomes a link on a page of Markdown', () => {
  // As GitHub and VS Code find them.
  const address = /[a-z]:\/\/|\bwww\.|[\w.+-]@[\w-]+\.|[\p{L}\p{N}-]\.\p{L}/iu;
  expect(markdownLine(hostile)).not.toMatch(address);
  expect(unlinkedText(hostile)).not.toMatch(/[a-z]:\/\/|\bwww\.|[\w.+-]@[\w-]+\./i);
  expect(markdownLine('Fix: https://evil.example, www.evil.example or me@evil.example.')).toBe(
    String.raw`Fix: https\://evil\.example, www\.evil\.example or me\@evil\.example.`,
  );
  expect(unlinkedText('https://x.example www.x.example me@x.example db1.x:3306')).toBe(
    'https: //x.example www .x.example me @ x.example db1.x:3306',
  );
  expect(markdownLine('db1:3306 at 10.0.0.1, 0-1-5, 1.5 s.')).toBe(
    'db1:3306 at 10.0.0.1, 0-1-5, 1.5 s.',
  );
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
