import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { distrusted } from '../adapters/trusted-file.ts';
import { readSettings, type ReadSettings } from '../config/settings.ts';
import { wrongUse, type CommandError } from './exit-code.ts';
import type { Io } from './io.ts';
import { jsonMistake } from './json-mistake.ts';
import { configCandidates } from './default-folders.ts';

/** The settings, and the file they were read from. */
export interface Config extends ReadSettings {
  readonly file: string;
  /** What relative file names of the settings start from. */
  readonly folder: string;
  /** What the command itself says of mistakes, whole lines; undefined where it is to be said once, as a warning. */
  readonly mistakes?: readonly string[];
}

/** Where the settings are looked for: a named file, or else the usual places of this machine. */
export interface ConfigPlace {
  readonly named: string | undefined;
  readonly stateDir: string;
}

/** Reads the settings of `--config`, or of the first usual place that has some. Throws CommandError. */
export function readConfig(io: Io, place: ConfigPlace): Config {
  const config = findConfig(io, place);
  if (config) return config;
  throw noSettings(io, place);
}

function noSettings(io: Io, { stateDir }: ConfigPlace): CommandError {
  const tried = configCandidates(io, stateDir).join(', ');
  return wrongUse(`No settings were found: give --config FILE. Tried ${tried}.`, ...hereToo(io));
}

/** Earlier versions read it. Whose folder this is, nobody can know, so a person has to say so. */
function hereToo({ cwd }: Io): readonly string[] {
  const file = resolve(cwd, 'switchover.json');
  return existsSync(file)
    ? [`${file} is not read by itself: if these are your settings, give --config ${file}.`]
    : [];
}

/** What stands in that file, before any of it is judged, or the one sentence that says why it is no JSON. */
export interface WrittenConfig {
  readonly file: string;
  readonly written: unknown;
  readonly mistake: string | undefined;
}

/** Reads the same file without judging what it says. Throws CommandError where there is none, or others could write it. */
export function readWritten(io: Io, place: ConfigPlace): WrittenConfig {
  const file = fileAt(io, place);
  if (file === undefined) throw noSettings(io, place);
  const text = trustedText(file);
  const mistake = mistakeIn(file, text);
  return { file, written: mistake === undefined ? JSON.parse(text) : undefined, mistake };
}

/** The same, but undefined where none of the usual places has any. A file that somebody named must be there. */
export function findConfig(io: Io, place: ConfigPlace): Config | undefined {
  const file = fileAt(io, place);
  return file === undefined ? undefined : readConfigFile(file);
}

function fileAt(io: Io, { named, stateDir }: ConfigPlace): string | undefined {
  if (named !== undefined) return resolve(io.cwd, named);
  const candidates = configCandidates(io, stateDir).map((it) => resolve(io.cwd, it));
  const byVariable = (io.env['SWITCHOVER_CONFIG'] ?? '') !== '';
  return candidates.find((it) => byVariable || existsSync(it));
}

function readConfigFile(file: string): Config {
  const text = trustedText(file);
  const mistake = mistakeIn(file, text);
  if (mistake !== undefined) throw wrongUse(mistake);
  return { ...readSettings(JSON.parse(text)), file, folder: dirname(file) };
}

function trustedText(file: string): string {
  const text = readText(file);
  const objection = distrusted(file);
  if (objection !== undefined) throw wrongUse(`These settings are not used. ${objection}`);
  return text;
}

function mistakeIn(file: string, text: string): string | undefined {
  if (text.trim() === '') return `${file} is empty.`;
  const mistake = jsonMistake(text);
  if (!mistake) return undefined;
  const where = `line ${String(mistake.line)}, column ${String(mistake.column)}`;
  return `${file} is not JSON: ${where} should be ${mistake.expected}.`;
}

const troubles: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
};

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw wrongUse(`${file} ${troubles[code] ?? `cannot be read (${code})`}.`);
  }
}
