/** What a client reads from one option file: by group, the options by their names with dashes. */
export interface OptionFile {
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Files (`!include`) and folders (`!includedir`) that it names, as written. */
  readonly includes: readonly { readonly kind: 'file' | 'folder'; readonly path: string }[];
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  r: '\r',
  s: ' ',
  '\\': '\\',
};

/**
 * Reads `my.cnf` as MySQL's own clients do: `#` begins a comment anywhere outside quotes, `;` only a whole line, quotes
 * may surround a value, an option may stand without a value, and `_` is the same as `-` in a name.
 */
export function readOptionFile(text: string): OptionFile {
  const groups = new Map<string, Map<string, string>>();
  const includes: OptionFile['includes'][number][] = [];
  let group: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/).map((it) => it.trim())) {
    const include = includeIn(line);
    const heading = /^\[([^\]]+)\]/.exec(line)?.[1]?.trim().toLowerCase();
    if (include !== undefined) {
      includes.push(include);
    } else if (heading !== undefined) {
      group = groups.get(heading) ?? new Map<string, string>();
      groups.set(heading, group);
    } else if (/^[^#;!]/.test(line)) {
      group?.set(...readOption(line));
    }
  }
  return { groups, includes };
}

function includeIn(line: string): OptionFile['includes'][number] | undefined {
  const [whole, folder, path = ''] = /^!include(dir)?\s+(.+)$/.exec(line) ?? [];
  return whole === undefined
    ? undefined
    : { kind: folder === undefined ? 'file' : 'folder', path: path.trim() };
}

function readOption(line: string): readonly [string, string] {
  const plain = withoutComment(line);
  const equals = plain.indexOf('=');
  const name = (equals === -1 ? plain : plain.slice(0, equals)).trim().toLowerCase();
  const value = equals === -1 ? '' : unquoted(plain.slice(equals + 1).trim());
  return [name.replaceAll('_', '-').replace(/^loose-/, ''), value];
}

/** All before the first `#` that stands in no quotes. */
const beforeComment = /^(?:[^#'"\\]|\\.|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|['"\\])*/;

function withoutComment(line: string): string {
  return beforeComment.exec(line)?.[0] ?? line;
}

function unquoted(value: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(value);
  return (quoted?.[2] ?? value).replaceAll(
    /\\([btnrs\\])/g,
    (whole, letter: string) => escapes[letter] ?? whole,
  );
}

/** Where and as whom clients connect by these groups; a later group overrules an earlier one. */
export interface ClientLogin {
  readonly host: string | null;
  readonly port: number | null;
  readonly user: string | null;
  readonly password: string | null;
}

export function loginIn(
  groups: OptionFile['groups'],
  names: readonly string[],
): ClientLogin | undefined {
  const options = new Map(names.flatMap((it) => [...(groups.get(it) ?? [])]));
  const valueOf = (name: string): string | null => options.get(name) ?? null;
  const [host, user] = [valueOf('host'), valueOf('user')];
  return host === null && user === null
    ? undefined
    : { host, user, port: portOf(valueOf('port')), password: valueOf('password') || null };
}

function portOf(text: string | null): number | null {
  const port = Number(text ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}
