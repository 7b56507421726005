import { Command } from 'commander';
import type { CheckReport } from '../../core/model/doctor.ts';
import { change } from './change.ts';
import { endWithReasons, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Perform } from '../perform.ts';
import { reportJson, reportLines } from '../output/print-doctor.ts';
import { demandAnswers, withEngine, type Run } from '../run.ts';

interface Options {
  readonly fix?: string;
  readonly dryRun?: boolean;
}

export function doctorCommand(perform: Perform): Command {
  return new Command('doctor')
    .description(
      'tell which settings, rights and states would break or slow a recovery; exit code 3 if any would',
    )
    .usage('[options] [CLUSTER] | [CLUSTER] INSTANCE --fix ITEM')
    .argument('[CLUSTER]', 'all where none is named')
    .argument('[INSTANCE]', 'with --fix: the one to mend')
    .option('--fix <ITEM>', 'mend what it found there, by the name it has in the list')
    .option('--dry-run', 'with --fix: print the plan and change nothing')
    .action((cluster: string | undefined, instance: string | undefined, options: Options) =>
      perform((run) => {
        const { fix } = options;
        return fix === undefined || cluster === undefined
          ? showReports(run, cluster)
          : change(run, {
              words: [cluster, instance],
              dryRun: options.dryRun === true,
              wish: (key) => ({ kind: 'fix', instance: key, item: fix }),
            });
      }),
    );
}

function showReports(run: Run, cluster: string | undefined): Promise<ExitCode> {
  return withEngine(run, cluster === undefined ? [] : [cluster], async (session) => {
    const backends = [...session.engine.clusters.values()];
    const ends = await Promise.allSettled(backends.map((it) => it.checkUp(run.io.signal)));
    const reports = ends.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
    if (run.options.json === true) {
      run.json({ clusters: reports.map(reportJson) }, 'document');
    } else {
      reports.flatMap((it) => reportLines(it, run.paint)).forEach(run.tell);
    }
    endWithReasons(ends.flatMap((it): unknown[] => (it.status === 'rejected' ? [it.reason] : [])));
    demandAnswers(backends.flatMap((it) => it.current() ?? []));
    return reports.some(isGrave) ? exitCodes.refused : session.done;
  });
}

function isGrave({ items }: CheckReport): boolean {
  return items.some((it) => it.gravity !== 'advice');
}
