import { expect } from 'vitest';

/**
 * What a server may call itself or answer: a link that runs a command, an icon, Markdown and HTML, the sequences by which
 * a terminal changes its title and clipboard, the same in the second set of controls, and marks that turn a line around.
 */
export const hostile =
  '[Accept](command:workbench.action.quit) $(pass) **b** <img src=x onerror=1> ![i](http://x.example/i) ' +
  'https://x.example/fix?a=1 HTTP://x.example www.x.example ftp://x.example x.example/y mailto:me@x.example ' +
  '`` ` ``` | \u001B]52;c;cm0gLXJm\u0007\u001B]0;owned\u001B\\ \u009D0;x\u009C\u009B31m \u202Edwp\u202C \u2066\u200B\u{E0041} ' +
  '\r\u001B[2K\u001B[1Adone';

/** A control, an escape sequence or a mark that a screen obeys and does not show. */
const obeyed = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The colours of the command line. */
const escape = '\u001B';
const ours = new RegExp(String.raw`${escape}\[(?:1|2|22|31|32|33|39)m`, 'g');

/** Every colour of ours, and nothing else that a terminal would obey. */
export function expectTame(text: string): void {
  expect(text.replaceAll(ours, '')).not.toMatch(obeyed);
}

export function expectNoLink(text: string): void {
  expectTame(text);
  expect(text).not.toContain('](');
  expect(text).not.toContain('$(');
}
