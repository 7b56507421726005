import { Command } from 'commander';
import { fill } from '../../core/model/phrase.ts';
import {
  detectionJson,
  detectionOf,
  keptAtMost,
  reportJson,
  type DetectionJson,
} from '../../protocol/record-json.ts';
import { exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { withJournal } from './journal.ts';
import type { Perform } from '../perform.ts';
import type { Run } from '../run.ts';
import { exactUtc } from '../output/utc.ts';

export function reportCommand(perform: Perform): Command {
  return new Command('report')
    .description('print the whole record of one recovery, as Markdown, or as JSON with --json')
    .argument('<ID>', 'as recoveries prints it')
    .action((id: string) => perform((run) => report(run, id)));
}

function report(run: Run, id: string): Promise<ExitCode> {
  return withJournal(run, (journal, parts) => {
    const recovery = journal.recovery(id);
    if (!recovery) throw wrongUse(`No recovery has the ID ${JSON.stringify(id)}.`);
    const detection = detectionOf(recovery, journal.detections(recovery.cluster, keptAtMost));
    if (run.options.json === true) run.json(reportJson(recovery, detection), 'document');
    else {
      const seen = detection === undefined ? [] : seenIn(detectionJson(detection));
      const page = parts.reportOf(recovery, { seen, spellTime: exactUtc, translate: fill });
      for (const line of page.trimEnd().split('\n')) run.tell(line);
    }
    return exitCodes.done;
  });
}

function seenIn({ says, evidence }: DetectionJson): readonly string[] {
  return [says, ...evidence];
}
