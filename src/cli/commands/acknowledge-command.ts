import { Command } from 'commander';
import type { Journal } from '../engine-type.ts';
import { exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import type { Perform } from '../perform.ts';
import type { Run } from '../run.ts';

interface Options {
  readonly cluster?: string;
  readonly all?: boolean;
  readonly comment?: string;
}

const lookedAtMost = 10_000;

export function acknowledgeCommand(perform: Perform): Command {
  return new Command('acknowledge')
    .description('mark recoveries as seen')
    .usage('[options] (ID | --cluster CLUSTER | --all)')
    .argument('[ID]', 'of one recovery, as recoveries prints it')
    .option('--cluster <CLUSTER>', 'all of one cluster')
    .option('--all', 'all of all clusters')
    .option('--comment <TEXT>', 'kept with the recovery', '')
    .action((id: string | undefined, options: Options) =>
      perform((run) => acknowledge(run, id, options)),
    );
}

function acknowledge(run: Run, id: string | undefined, options: Options): Promise<ExitCode> {
  const ways = [id, options.cluster, options.all].filter((it) => it !== undefined);
  if (ways.length !== 1) throw wrongUse('Give one of these: an ID, --cluster CLUSTER, or --all.');
  return withJournal(run, (journal) => {
    const ids = id === undefined ? openIn(run, journal, options.cluster) : [known(journal, id)];
    const count =
      ids.length === 0 ? 0 : journal.acknowledge(ids, run.io.actor, options.comment ?? '');
    if (run.options.json === true) run.json({ acknowledged: count }, 'document');
    run.tell(
      count === 1
        ? '1 recovery is acknowledged now.'
        : `${String(count)} recoveries are acknowledged now.`,
    );
    return exitCodes.done;
  });
}

function known(journal: Journal, id: string): string {
  if (!journal.recovery(id)) throw wrongUse(`No recovery has the ID ${JSON.stringify(id)}.`);
  return id;
}

function openIn(run: Run, journal: Journal, cluster: string | undefined): readonly string[] {
  if (cluster !== undefined) demandKnownCluster(run, journal, cluster);
  const open = journal.recoveries(cluster, lookedAtMost).filter((it) => !it.acknowledgement);
  return open.map((it) => it.id);
}
