import { Command } from 'commander';
import { wrongUse } from './exit-code.ts';
import type { Perform } from './perform.ts';

/** Part of the contract; its checks are not built yet. */
export function doctorCommand(perform: Perform): Command {
  return new Command('doctor')
    .description(
      'tell which settings and rights would slow or break a recovery (not available yet)',
    )
    .argument('[CLUSTER]')
    .action(() => perform(() => Promise.reject(wrongUse('not available yet: doctor.'))));
}
