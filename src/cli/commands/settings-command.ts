import { Command } from 'commander';
import { confirmed } from '../../config/kept-settings.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { keepLasting, readLastingConfig } from '../lasting-config.ts';
import type { Perform } from '../perform.ts';
import type { Run } from '../run.ts';

interface Options {
  readonly confirmRemoved?: boolean;
}

/** What a monitor that starts now would run with, where its settings file says something else. */
export function settingsCommand(perform: Perform): Command {
  return new Command('settings')
    .description('show mistakes in the settings, and what a monitor keeps in force despite them')
    .option(
      '--confirm-removed',
      'clusters, filters and guards that the settings no longer name are meant to be gone',
    )
    .action((options: Options) => perform((run) => Promise.resolve(settings(run, options))));
}

function settings(run: Run, { confirmRemoved = false }: Options): ExitCode {
  const config = readLastingConfig(run);
  const { file, faults } = config;
  const removed = faults.filter((it) => it.kind !== 'wrong');
  if (confirmRemoved) keepLasting(run, { ...config, kept: confirmed(config.kept, removed) });
  if (run.options.json === true) {
    const shown = faults.map(({ kind, cluster, path, says, kept }) => ({
      kind,
      cluster,
      path,
      says,
      kept,
    }));
    run.json({ file, faults: shown, confirmed: confirmRemoved }, 'document');
  }
  if (confirmRemoved) {
    for (const it of removed) run.tell(`Confirmed: ${it.says}`);
    run.tell('A monitor that starts now runs without them.');
    return exitCodes.done;
  }
  config.mistakes.forEach(run.tell);
  if (removed.length > 0) {
    run.tell('If this is meant, confirm it: switchover settings --confirm-removed');
  }
  if (config.mistakes.length === 0) run.tell(`${file} has no mistakes.`);
  return config.mistakes.length === 0 ? exitCodes.done : exitCodes.refused;
}
