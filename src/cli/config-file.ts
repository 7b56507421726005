import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { distrusted } from '../adapters/trusted-file.ts';
import { readSettings, type ReadSettings } from '../config/settings.ts';
import { wrongUse } from './exit-code.ts';
import type { Io } from './io.ts';
import { jsonMistake } from './json-mistake.ts';
import { configCandidates } from './places.ts';

/** The settings, and the file they were read from. */
export interface Config extends ReadSettings {
  readonly file: string;
  /** What relative file names of the settings start from. */
  readonly folder: string;
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
  const tried = configCandidates(io, place.stateDir).join(', ');
  throw wrongUse(`No settings were found: give --config FILE. Tried ${tried}.`, ...hereToo(io));
}

/** Earlier versions read it. Whose folder this is, nobody can know, so a person has to say so. */
function hereToo({ cwd }: Io): readonly string[] {
  const file = resolve(cwd, 'switchover.json');
  return existsSync(file)
    ? [`${file} is not read by itself: if these are your settings, give --config ${file}.`]
    : [];
}

/** The same, but undefined where none of the usual places has any. A file that somebody named must be there. */
export function findConfig(io: Io, { named, stateDir }: ConfigPlace): Config | undefined {
  if (named !== undefined) return readConfigFile(resolve(io.cwd, named));
  const candidates = configCandidates(io, stateDir).map((it) => resolve(io.cwd, it));
  const byVariable = (io.env['SWITCHOVER_CONFIG'] ?? '') !== '';
  const found = candidates.find((it) => byVariable || existsSync(it));
  return found === undefined ? undefined : readConfigFile(found);
}

function readConfigFile(file: string): Config {
  const text = readText(file);
  const objection = distrusted(file);
  if (objection !== undefined) throw wrongUse(`These settings are not used. ${objection}`);
  return { ...readSettings(parse(file, text)), file, folder: dirname(file) };
}

function parse(file: string, text: string): unknown {
  if (text.trim() === '') throw wrongUse(`${file} is empty.`);
  const mistake = jsonMistake(text);
  if (!mistake) return JSON.parse(text);
  const where = `line ${String(mistake.line)}, column ${String(mistake.column)}`;
  throw wrongUse(`${file} is not JSON: ${where} should be ${mistake.expected}.`);
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
