import { resolve } from 'node:path';
import type { ClusterState } from '../core/backend.ts';
import { inEnglish } from '../core/model/phrase.ts';
import type { ClusterSettings } from '../config/settings.ts';
import { chooseClusters } from './commands/choose-clusters.ts';
import { readConfig, type Config, type ConfigPlace } from './config-file.ts';
import type { Engine, LogLevel } from './engine-type.ts';
import { CommandError, endWithReasons, exitCodes, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import type { Paint } from './output/paint.ts';
import { defaultStateDir } from './default-folders.ts';

/** The options that every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
  readonly confirm?: string;
}

/** One call of the command line. */
export interface Run {
  readonly io: Io;
  readonly options: CommonOptions;
  /** For people: to stdout, or to stderr where stdout holds JSON. */
  readonly tell: (line: string) => void;
  /** To stderr. */
  readonly warn: (line: string) => void;
  /** The one document of `--json`, or one line of it. */
  readonly json: (value: unknown, style: 'document' | 'line') => void;
  /** Colours for `tell`. */
  readonly paint: Paint;
}

export interface Session {
  readonly config: Config;
  readonly clusters: readonly ClusterSettings[];
  readonly engine: Engine;
  /** The code of a command that did all it could. */
  readonly done: ExitCode;
}

export function stateDirOf({ io, options }: Run): string {
  return resolve(io.cwd, options.state ?? defaultStateDir(io));
}

export function configPlaceOf(run: Run): ConfigPlace {
  return { named: run.options.config, stateDir: stateDirOf(run) };
}

/** Composes the engine for the clusters that were asked for (none named: all), lets `work` use it, and closes it. */
export async function withEngine(
  run: Run,
  asked: readonly string[],
  work: (session: Session) => Promise<ExitCode>,
  config: Config = readConfig(run.io, configPlaceOf(run)),
): Promise<ExitCode> {
  const { clusters, warnings, incomplete } = chooseClusters(config, asked);
  for (const line of warnings) run.warn(line);
  const parts = await run.io.parts();
  const engine = parts.createEngine({
    settings: { ...config.settings, clusters },
    passwords: parts.createPasswords(run.io.env, config.folder),
    stateDir: stateDirOf(run),
    log: logTo(run),
    baseDir: config.folder,
  });
  try {
    return await work({
      config,
      clusters,
      engine,
      done: incomplete ? exitCodes.wrongUse : exitCodes.done,
    });
  } finally {
    engine.close();
  }
}

export function logTo(run: Run): (level: LogLevel, line: string) => void {
  return (level, line) => {
    if (level === 'warn' || level === 'error')
      run.warn(`${level === 'warn' ? 'warning' : 'error'}: ${line}`);
    else if (run.options.verbose === true) run.warn(`${level}: ${line}`);
  };
}

export interface Look {
  readonly states: readonly ClusterState[];
  /** Ends the command with what went wrong at the clusters that are not among `states`, if anything did. */
  readonly finish: () => void;
}

/** Looks at every cluster of the session once, side by side. A cluster in trouble does not hide the others. */
export async function look(run: Run, { engine }: Session): Promise<Look> {
  const looks = [...engine.clusters.values()].map((it) => it.refresh(run.io.signal));
  const ends = await Promise.allSettled(looks);
  const states = ends.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const reasons = ends.flatMap((it): unknown[] => (it.status === 'rejected' ? [it.reason] : []));
  return { states, finish: () => endWithReasons(reasons) };
}

/** True when not one instance gave a picture of itself. */
export function nothingRead({ topology }: ClusterState): boolean {
  return topology.members.every((it) => it.probe.kind === 'silent');
}

/** Why nothing could be read: one sentence per instance. */
export function silences({ topology }: ClusterState): readonly string[] {
  return topology.members.flatMap((it) =>
    it.probe.kind === 'silent' ? [inEnglish(it.probe.says)] : [],
  );
}

/** Ends the command when not one instance of any of these clusters could be read. */
export function demandAnswers(states: readonly ClusterState[]): void {
  if (states.length === 0 || !states.every(nothingRead)) return;
  throw new CommandError(exitCodes.nothingRead, ...new Set(states.flatMap(silences)));
}
