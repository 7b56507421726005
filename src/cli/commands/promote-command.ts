import { Command } from 'commander';
import { change } from './change.ts';
import type { Perform } from '../perform.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export function promoteCommand(perform: Perform): Command {
  return new Command('promote')
    .description('make a replica the master: a switchover, or a failover where the master is dead')
    .usage('[options] [CLUSTER] INSTANCE')
    .argument('<CLUSTER>', 'may be left out where one is configured')
    .argument('[INSTANCE]', 'host:port, or host where that is enough')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--force', 'accept the loss that the refusal named, and nothing else')
    .action((cluster: string, instance: string | undefined, options: Options) =>
      perform((run) =>
        change(run, {
          words: [cluster, instance],
          dryRun: options.dryRun === true,
          wish: (key) => ({ kind: 'promote', instance: key, acceptLoss: options.force === true }),
        }),
      ),
    );
}
