import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { readJson, writeJson } from '../adapters/private-json.ts';
import {
  asWritten,
  keptSchema,
  nothingKept,
  type KeptSettings,
  type SettingsFault,
} from '../config/kept-settings.ts';
import { settingsInForce, type SettingsInForce } from '../config/settings-in-force.ts';
import type { SettingsProblem } from '../config/settings.ts';
import { readWritten, type Config } from './config-file.ts';
import { wrongUse } from './exit-code.ts';
import { configPlaceOf, stateDirOf, type Run } from './run.ts';

/** The settings in force of a monitor, and why they are not what its file says. */
export interface LastingConfig extends Config {
  readonly faults: readonly SettingsFault[];
  /** What is to be said again and again. */
  readonly mistakes: readonly string[];
  readonly kept: KeptSettings;
  /** Where that is kept. */
  readonly keptFile: string;
}

/**
 * The settings as a monitor runs with them: where its file has a mistake, or no longer names a cluster whose automatic
 * failover it asked for, what it last said without one, as an editor's window does it. Throws CommandError where there is
 * nothing to fall back to.
 */
export function readLastingConfig(run: Run): LastingConfig {
  const { file, written, mistake } = readWritten(run.io, configPlaceOf(run));
  const keptFile = keptFileOf(run, file);
  const kept =
    readJson(
      keptFile,
      (it) => keptSchema.parse(it),
      (says) => run.warn(`error: ${says}`),
    ) ?? nothingKept;
  const unreadable = mistake ?? notAnObject(written);
  const { settings, faults, problems, keep } =
    unreadable === undefined ? inForce({ ...Object(written) }, kept) : lastOf(kept, unreadable);
  const left = problems.filter(notKept(faults));
  const mistakes = mistakesOf(file, faults, left);
  const place = { file, folder: dirname(file), keptFile };
  return { ...place, settings, problems: left, faults, mistakes, kept: keep };
}

/** All of the last good settings, in place of a text of which nothing can be read. */
function lastOf(kept: KeptSettings, says: string): SettingsInForce {
  const last = inForce(asWritten(kept), kept);
  if (last.settings.clusters.length === 0) throw wrongUse(says);
  const fault: SettingsFault = {
    kind: 'wrong',
    cluster: null,
    path: '',
    says,
    kept: true,
    file: 'user',
  };
  return { ...last, faults: [fault, ...last.faults], keep: kept };
}

/** For the next start. Without it the settings hold all the same. */
export function keepLasting(run: Run, { kept, keptFile }: LastingConfig): void {
  try {
    writeJson(keptFile, kept);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    run.warn(
      `error: these settings cannot be kept for the case of a mistake in a later version of them: ${because}`,
    );
  }
}

function mistakesOf(
  file: string,
  faults: readonly SettingsFault[],
  problems: readonly SettingsProblem[],
): readonly string[] {
  const lasting = faults.filter((it) => it.kept).map((it) => it.says);
  const errors = problems.filter((it) => it.severity === 'error').map((it) => it.says);
  const said = [...lasting.map((it) => `running on the last good settings: ${it}`), ...errors];
  return [...new Set(said)].map((it) => `error: ${file}: ${it}`);
}

function inForce(user: Readonly<Record<string, unknown>>, kept: KeptSettings): SettingsInForce {
  return settingsInForce({ user, folder: undefined }, { kept, monitored: () => false });
}

/** Other files with the same state folder have settings of their own. */
function keptFileOf(run: Run, file: string): string {
  const name = createHash('sha256').update(file).digest('hex').slice(0, 16);
  return join(stateDirOf(run), 'last-good-settings', `${name}.json`);
}

function notAnObject(written: unknown): string | undefined {
  return typeof written === 'object' && written !== null && !Array.isArray(written)
    ? undefined
    : `The settings must be an object {...} with the key clusters.`;
}

/** What the last good settings stand in for ends nothing. */
function notKept(faults: readonly SettingsFault[]): (problem: SettingsProblem) => boolean {
  const kept = new Set(faults.filter((it) => it.kept).map((it) => it.says));
  return ({ severity, says }) => severity !== 'error' || !kept.has(says);
}
