import { readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { matchesWildcards } from '../../core/model/wildcard.ts';

const deepestInclude = 8;
const section = /^\s*(?:Host|Match)\b/i;
const include = /^\s*Include(?:\s+|\s*=\s*)(.+)$/i;

/** Text of the person's file and of the machine's, the first to count, with what they include. `''` where there are none. */
export function readClientConfig(home: string, systemFile = '/etc/ssh/ssh_config'): string {
  const own = withIncludes(join(home, '.ssh', 'config'), home);
  const system = withIncludes(systemFile, home);
  return `${own}\nHost *\n${system}\n`;
}

/** Puts the text of included files in their place; a section that they interrupt goes on behind them. */
function withIncludes(file: string, home: string, depth = 0): string {
  let current = depth === 0 ? 'Host *' : '';
  return readText(file)
    .split('\n')
    .map((line) => {
      if (section.test(line)) {
        current = line;
      }
      const included = include.exec(line);
      return included === null || depth >= deepestInclude
        ? line
        : [
            ...filesOf(included[1] ?? '', file, home).map((it) =>
              withIncludes(it, home, depth + 1),
            ),
            current,
          ].join('\n');
    })
    .join('\n');
}

function filesOf(written: string, file: string, home: string): readonly string[] {
  const names = written.trim().match(/"[^"]*"|\S+/g) ?? [];
  return names.flatMap((quoted) => {
    const name = quoted.replaceAll('"', '');
    const path = name.startsWith('~/') ? join(home, name.slice(2)) : name;
    const folder = file.startsWith('/etc/') ? dirname(file) : join(home, '.ssh');
    return matching(isAbsolute(path) ? path : resolve(folder, path));
  });
}

/** Wildcards in the last part of the path, as `config.d/*`. */
function matching(path: string): readonly string[] {
  if (!/[*?]/.test(path)) {
    return [path];
  }
  const folder = dirname(path);
  const pattern = path.slice(folder.length + 1);
  try {
    return readdirSync(folder)
      .filter((it) => matchesWildcards(pattern, it, { any: '*', one: '?' }) && !it.startsWith('.'))
      .toSorted()
      .map((it) => join(folder, it));
  } catch {
    return [];
  }
}

/** A file that is not there, or that cannot be read, says nothing; `ssh` holds it so for included ones too. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}
