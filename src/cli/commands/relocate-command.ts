import { Command } from 'commander';
import { change } from './change.ts';
import type { Perform } from '../perform.ts';

interface Options {
  readonly below: string;
  readonly dryRun?: boolean;
}

export function relocateCommand(perform: Perform): Command {
  return new Command('relocate')
    .description('let a replica, with all below it, read from another source')
    .usage('[options] [CLUSTER] INSTANCE --below INSTANCE')
    .argument('<CLUSTER>', 'may be left out where one is configured')
    .argument('[INSTANCE]', 'host:port, or host where that is enough')
    .requiredOption('--below <INSTANCE>', 'the new source')
    .option('--dry-run', 'print the plan and change nothing')
    .action((cluster: string, instance: string | undefined, options: Options) =>
      perform((run) =>
        change(run, {
          words: [cluster, instance],
          dryRun: options.dryRun === true,
          wish: (key, find) => ({ kind: 'relocate', instance: key, below: find(options.below) }),
        }),
      ),
    );
}
