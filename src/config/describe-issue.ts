import type { z } from 'zod';
import { nearestWord } from './nearest-word.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** One trouble of the settings: where, and one whole sentence that names the place. */
export interface Trouble {
  readonly path: string;
  readonly says: string;
  /** The known key that a misspelt one was most likely meant to be. */
  readonly meant?: string | undefined;
}

/** `['clusters', 1, 'seeds', 0]` -> `clusters[1].seeds[0]`. */
export function spellPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    const name = String(part);
    if (!/^[\w$]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/**
 * Turns one issue of zod into sentences for a person, one per trouble.
 * `at`: where the checked value stands in the settings; `known`: the keys that may stand there.
 */
export function describeIssue(
  issue: Issue,
  at: Path,
  value: unknown,
  known: readonly string[],
): readonly Trouble[] {
  const path = [...at, ...issue.path];
  const found = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, path, issue.path, known));
  if (issue.code === 'invalid_key')
    return issue.issues.flatMap((inner) => describeKey(inner, path));
  if (issue.code === 'invalid_union') return describeUnion(issue, path, found);
  const says =
    found === undefined ? `${spellPath(path)} is missing.` : sentence(issue, path, found);
  return [{ path: spellPath(path), says }];
}

function unknownKey(key: string, at: Path, within: Path, known: readonly string[]): Trouble {
  const path = spellPath([...at, key]);
  if (/password|passwd|secret/i.test(key) && nearestWord(key, known) === undefined) {
    const ways = 'use passwordCommand, passwordFile or the environment';
    return {
      path,
      says: `${path} is not a known key: a password never stands in the settings; ${ways}.`,
    };
  }
  const near = within.length === 0 ? nearestWord(key, known) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return { path, says: `${path} is not a known key${hint || '.'}`, meant: near };
}

function describeKey(inner: Issue, path: Path): readonly Trouble[] {
  const key = path.at(-1);
  return [{ path: spellPath(path), says: sentence(inner, path, key) }];
}

/** Of several alternatives, tells about the one that the value comes nearest to. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  found: unknown,
): readonly Trouble[] {
  const near = issue.errors.find((branch) =>
    branch.every((it) => it.path.length > 0 || it.code === 'unrecognized_keys'),
  );
  if (near) return near.flatMap((inner) => describeIssue(inner, path, found, []));
  const spelled = spellPath(path);
  if (found === undefined) return [{ path: spelled, says: `${spelled} is missing.` }];
  const choices =
    'options' in issue && Array.isArray(issue.options)
      ? issue.options.map((it) => JSON.stringify(it))
      : [];
  const wanted =
    choices.length > 0
      ? `one of ${choices.join(', ')}`
      : issue.errors.flatMap((it) => it.map(alternative)).join(' or ');
  return [{ path: spelled, says: `${spelled} ${shown(path, found)}it must be ${wanted}.` }];
}

function alternative(issue: Issue): string {
  if (issue.code === 'invalid_value')
    return issue.values.map((it) => JSON.stringify(it)).join(', ');
  return issue.code === 'invalid_type'
    ? (kindNames[issue.expected] ?? issue.expected)
    : issue.message;
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list [...]',
  object: 'an object {...}',
  record: 'an object {...}',
};

function sentence(issue: Issue, path: Path, found: unknown): string {
  const spelled = spellPath(path);
  switch (issue.code) {
    case 'invalid_type':
      return `${spelled} must be ${kindNames[issue.expected] ?? issue.expected}, not ${kindOf(found)}.`;
    case 'invalid_value':
      return `${spelled} ${shown(path, found)}it must be ${oneOf(issue.values)}.`;
    case 'too_small':
      return tooSmall(
        spelled,
        issue.origin,
        `${shown(path, found)}it must be at least ${String(issue.minimum)}`,
      );
    case 'too_big':
      return `${spelled} ${shown(path, found)}${bound(issue.origin, issue.maximum)}.`;
    case 'invalid_format':
      return `${spelled} ${shown(path, found)}${issue.format === 'url' ? 'it must be an http or https address' : issue.message}.`;
    default:
      return `${spelled} ${shown(path, found)}${issue.message}${issue.message.endsWith('?') ? '' : '.'}`;
  }
}

function bound(origin: string, maximum: number | bigint): string {
  return origin === 'string'
    ? `it may have at most ${String(maximum)} characters`
    : `it must be at most ${String(maximum)}`;
}

function tooSmall(spelled: string, origin: string, otherwise: string): string {
  if (origin === 'array') return `${spelled} is empty: it needs at least one entry.`;
  return origin === 'string' ? `${spelled} is empty.` : `${spelled} ${otherwise}.`;
}

function oneOf(values: readonly unknown[]): string {
  const spelled = values.map((it) => JSON.stringify(it));
  return spelled.length === 1 ? (spelled[0] ?? '') : `one of ${spelled.join(', ')}`;
}

/** `is "db:0": `, or a bare `is wrong: ` where the value is long or may hold a secret. */
function shown(path: Path, found: unknown): string {
  const secret = path.some((part) => typeof part === 'string' && /password/i.test(part));
  const plain =
    typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean';
  const text = plain && !secret && !/\/\/.*@/.test(String(found)) ? JSON.stringify(found) : '';
  return text !== '' && text.length <= 80 ? `is ${text}: ` : 'is wrong: ';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction';
  return kindNames[typeof value] ?? typeof value;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((it, part) => {
    if (typeof it !== 'object' || it === null) return undefined;
    return Object.getOwnPropertyDescriptor(it, part)?.value ?? Reflect.get(it, part);
  }, value);
}
