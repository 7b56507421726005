import { Command } from 'commander';
import { recoveryJson } from '../../protocol/record-json.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import type { Perform } from '../perform.ts';
import { recoveryLine } from '../output/print-recovery.ts';
import type { Run } from '../run.ts';

/** Enough for a person; the journal keeps more. */
const shownAtMost = 100;

export function recoveriesCommand(perform: Perform): Command {
  return new Command('recoveries')
    .description('print what was performed, the newest first')
    .argument('[CLUSTER]', 'all where none is named')
    .action((cluster: string | undefined) => perform((run) => showRecoveries(run, cluster)));
}

function showRecoveries(run: Run, cluster: string | undefined): Promise<ExitCode> {
  return withJournal(run, (journal) => {
    if (cluster !== undefined) demandKnownCluster(run, journal, cluster);
    const recoveries = journal.recoveries(cluster, shownAtMost);
    if (run.options.json === true)
      run.json({ recoveries: recoveries.map(recoveryJson) }, 'document');
    else if (recoveries.length === 0) run.tell('No recovery was performed yet.');
    else recoveries.forEach((it) => run.tell(recoveryLine(it, run.paint)));
    return exitCodes.done;
  });
}
