import { Command } from 'commander';
import { wrongUse } from './exit-code.ts';
import type { Perform } from './perform.ts';

/** Part of the contract; its planner is not built yet. */
export function relocateCommand(perform: Perform): Command {
  return new Command('relocate')
    .description('let a replica read from another source (not available yet)')
    .argument('<CLUSTER>')
    .argument('<INSTANCE>')
    .requiredOption('--below <INSTANCE>', 'the new source')
    .option('--dry-run', 'print the plan and change nothing')
    .action(() => perform(() => Promise.reject(wrongUse('not available yet: relocate.'))));
}
