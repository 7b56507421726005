import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ClusterSuggestion, Suggestions } from '../../config/cluster-suggestion.ts';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';
import { distrusted } from '../trusted-file.ts';
import { readBounded } from './bounded-file.ts';
import { readComposeFile } from './compose-file.ts';
import { namedIn } from './env-file.ts';
import { readLoginPathFile } from './login-path-file.ts';
import { loginIn, readOptionFile, type ClientLogin, type OptionFile } from './option-file.ts';

/** The groups that the clients read which people use for this. */
const clientGroups = ['client', 'client-server', 'client-mariadb', 'mysql', 'mysqldump'];
const mostIncludes = 50;

/** The option files and login paths of whoever has this home folder, as MySQL's clients find them. */
export async function readClientFiles(home: string): Promise<Suggestions> {
  const files = ['/etc/my.cnf', '/etc/mysql/my.cnf', join(home, '.my.cnf')];
  const all = [
    ...(await Promise.all(files.map(suggestionsInOptions))),
    await suggestionsInLoginPaths(join(home, '.mylogin.cnf')),
  ];
  return {
    found: all.flatMap((it) => it.found),
    problems: all.flatMap((it) => it.problems),
  };
}

async function suggestionsInOptions(file: string): Promise<Suggestions> {
  const problems: Phrase[] = [];
  const groups = await groupsOf(file, problems, new Set());
  const login = loginIn(groups, clientGroups);
  const found = login === undefined ? [] : [suggestion(file, '[client]', login)];
  return { found, problems };
}

/** With those of the files that it includes, which overrule what stands before them. */
async function groupsOf(
  file: string,
  problems: Phrase[],
  seen: Set<string>,
): Promise<OptionFile['groups']> {
  const content = seen.has(file) || seen.size >= mostIncludes ? null : await textOf(file, problems);
  seen.add(file);
  if (content === null) {
    return new Map();
  }
  const { groups, includes } = readOptionFile(content);
  const merged = new Map([...groups].map(([name, it]) => [name, new Map(it)]));
  for (const { kind, path } of includes) {
    const place = resolve(dirname(file), path);
    for (const other of kind === 'file' ? [place] : await optionFilesIn(place)) {
      for (const [name, options] of await groupsOf(other, problems, seen)) {
        merged.set(name, new Map([...(merged.get(name) ?? []), ...options]));
      }
    }
  }
  return merged;
}

async function optionFilesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((it) => /\.(cnf|ini)$/.test(it))
    .toSorted()
    .map((it) => join(folder, it));
}

/** Null when it is not there, too large, or where others could have written it, which is told. */
async function bytesOf(file: string, problems: Phrase[]): Promise<Buffer | null> {
  try {
    const bytes = await readBounded(file);
    if (bytes === null) {
      problems.push(phrase('{file} is left out: it is larger than 1 MB.', { file }));
      return null;
    }
    const objection = distrusted(file);
    if (objection === undefined) return bytes;
    problems.push(phrase('{file} is left out: {because}', { file, because: plain(objection) }));
    return null;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) problems.push(phrase('{file} cannot be read.', { file }));
    return null;
  }
}

async function textOf(file: string, problems: Phrase[]): Promise<string | null> {
  return (await bytesOf(file, problems))?.toString() ?? null;
}

async function suggestionsInLoginPaths(file: string): Promise<Suggestions> {
  const problems: Phrase[] = [];
  const content = await bytesOf(file, problems);
  if (content === null) {
    return { found: [], problems };
  }
  try {
    const { groups } = readOptionFile(readLoginPathFile(content));
    return {
      found: [...groups.keys()].flatMap((name) => {
        const login = loginIn(groups, [name]);
        return login === undefined ? [] : [suggestion(file, name, login)];
      }),
      problems: [],
    };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { found: [], problems: [phrase('{file}: {says}', { file, says: plain(says) })] };
  }
}

function suggestion(file: string, group: string, login: ClientLogin): ClusterSuggestion {
  const { host, port, user, password } = login;
  // A client that is told `localhost` uses a socket file; we go by TCP.
  const place = host === null || host === 'localhost' ? '127.0.0.1' : host;
  const seed = `${place.includes(':') ? `[${place}]` : place}:${String(port ?? 3306)}`;
  return {
    label: group,
    detail: `${user ?? ''}@${seed} · ${file}`,
    seed,
    addresses: {},
    user,
    password,
  };
}

/** The services of a compose file; names in it stand for `environment`, or for what the `.env` beside it says. */
export async function readComposeFileAt(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Suggestions> {
  const problems: Phrase[] = [];
  const text = await readBounded(file).catch(() => undefined);
  if (text === undefined || text === null) {
    const says =
      text === null
        ? phrase('{file} is left out: it is larger than 1 MB.', { file })
        : phrase('{file} cannot be read.', { file });
    return { found: [], problems: [says] };
  }
  const beside = join(dirname(file), '.env');
  const named = namedIn((await boundedText(beside, problems)) ?? '');
  const read = readComposeFile(text.toString(), { ...named, ...environment });
  return {
    ...read,
    problems: [
      ...problems,
      ...read.problems.map((says) => phrase('{file}: {says}', { file, says })),
    ],
  };
}

/** Also a file written by the author of the compose file: both say where servers may be, and no password goes by them. */
async function boundedText(file: string, problems: Phrase[]): Promise<string | undefined> {
  const bytes = await readBounded(file).catch(() => undefined);
  if (bytes === null) {
    problems.push(phrase('{file} is left out: it is larger than 1 MB.', { file }));
  }
  return bytes?.toString();
}
