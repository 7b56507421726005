import { Command } from 'commander';
import { change } from './change.ts';
import type { Perform } from '../perform.ts';

interface Options {
  readonly dryRun?: boolean;
}

export function rejoinCommand(perform: Perform): Command {
  return new Command('rejoin')
    .description('bring a former master back as a replica')
    .usage('[options] [CLUSTER] INSTANCE')
    .argument('<CLUSTER>', 'may be left out where one is configured')
    .argument('[INSTANCE]', 'host:port, or host where that is enough')
    .option('--dry-run', 'print the plan and change nothing')
    .action((cluster: string, instance: string | undefined, options: Options) =>
      perform((run) =>
        change(run, {
          words: [cluster, instance],
          dryRun: options.dryRun === true,
          wish: (key) => ({ kind: 'rejoin', instance: key }),
        }),
      ),
    );
}
