import { Command } from 'commander';
import { exitCodes, wrongUse, type ExitCode } from './exit-code.ts';
import { withJournal } from './journal.ts';
import type { Perform } from './perform.ts';
import { recoveryJson } from './plan-json.ts';
import type { Run } from './run.ts';
import { exactUtc } from './utc.ts';

export function reportCommand(perform: Perform): Command {
  return new Command('report')
    .description('print the whole record of one recovery, as Markdown')
    .argument('<ID>', 'as recoveries prints it')
    .action((id: string) => perform((run) => report(run, id)));
}

function report(run: Run, id: string): Promise<ExitCode> {
  return withJournal(run, (journal, parts) => {
    const recovery = journal.recovery(id);
    if (!recovery) throw wrongUse(`No recovery has the ID ${JSON.stringify(id)}.`);
    if (run.options.json === true) run.json({ recovery: recoveryJson(recovery) }, 'document');
    else run.tell(parts.reportOf(recovery, exactUtc).trimEnd());
    return exitCodes.done;
  });
}
