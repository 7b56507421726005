/**
 * Characters that a screen does not show but obeys: controls (escape sequences begin with one; also the second set, from
 * U+0080), what turns the direction of a line, what is invisible, halves of a character and noncharacters. The two joiners
 * stay, for scripts are written with them.
 */
const unseen =
  /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{FDD0}-\u{FDEF}\u{FFFE}\u{FFFF}]/gu;

/** One line in which every character is seen: those that a screen would obey are spelled, as `\u{1b}`. */
export function oneLine(text: string): string {
  return text.replaceAll(unseen, spelled);
}

/** The same for a text of several lines. */
export function lines(text: string): string {
  return text.replaceAll(unseen, (it) => (it === '\n' || it === '\t' ? it : spelled(it)));
}

/**
 * A text as the editor's own surfaces show it. There `[words](command:...)` is a link, in notifications even one that
 * runs a command, and `$(name)` an icon: both are broken by a blank, whatever they were joined from.
 */
export function editorText(text: string): string {
  return lines(text).replaceAll('](', '] (').replaceAll('$(', '$ (');
}

/**
 * The same for a page of Markdown, which makes links of addresses without any mark: of the Web, and of mail. They are
 * broken by a blank.
 */
export function unlinkedText(text: string): string {
  return editorText(text)
    .replaceAll('://', ': //')
    .replaceAll(/\bwww\./gi, (it) => `${it.slice(0, -1)} .`)
    .replaceAll(/(?<=[\w.+-])@(?=[\w-]+\.)/g, ' @ ');
}

/**
 * One line of a Markdown page in which nothing acts as Markdown or HTML. Names too become links of themselves in some
 * viewers: so each dot before letters is marked as one that is only a dot.
 */
export function markdownLine(text: string): string {
  return oneLine(text.replaceAll(/\s+/g, ' '))
    .replaceAll(/[\\`*[\]<>|#~]|&(?=[#\w])|(?<!\w)_|_(?!\w)/g, String.raw`\$&`)
    .replaceAll(
      /:(?=\/\/)|(?<=[\p{L}\p{N}-])\.(?=\p{L})|(?<=\bwww)\.|(?<=\w)@(?=[\w-]+\.)/giu,
      String.raw`\$&`,
    );
}

/** A text as a block of code of a Markdown page, which it cannot end. */
export function markdownCode(text: string, language: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${lines(text)}\n${fence}`;
}

/** JSON means the same with these characters as escapes, and a terminal does not obey them. */
export function printableJson(json: string): string {
  return json.replaceAll(unseen, (it) =>
    it === '\n' || it === '\t'
      ? it
      : Array.from({ length: it.length }, (_, place) => escapeOf(it.charCodeAt(place))).join(''),
  );
}

function spelled(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
