import { Command } from 'commander';
import type { Disarming } from '../../core/model/watch.ts';
import { findConfig } from '../config-file.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import type { Perform } from '../perform.ts';
import { configPlaceOf, type Run } from '../run.ts';

interface DisarmOptions {
  readonly reason: string;
}

export function armCommand(perform: Perform): Command {
  return new Command('arm')
    .description('let automatic failover act again, as far as the settings allow')
    .argument('<CLUSTER>')
    .action((cluster: string) => perform((run) => arm(run, cluster)));
}

export function disarmCommand(perform: Perform): Command {
  return new Command('disarm')
    .description('switch automatic failover of a cluster off until it is armed again')
    .argument('<CLUSTER>')
    .option('--reason <TEXT>', 'shown to everybody', '')
    .action((cluster: string, options: DisarmOptions) =>
      perform((run) => disarm(run, cluster, options)),
    );
}

function arm(run: Run, cluster: string): Promise<ExitCode> {
  return withJournal(run, (journal) => {
    demandKnownCluster(run, journal, cluster);
    const notes = filterNotes(run);
    const changed = journal.arm(cluster);
    if (run.options.json === true) run.json({ cluster, disarmed: null, changed }, 'document');
    run.tell(
      changed
        ? `Automatic failover of ${cluster} is no longer switched off by hand.`
        : `Automatic failover of ${cluster} was not switched off by hand.`,
    );
    notes.forEach(run.warn);
    return exitCodes.done;
  });
}

/** Arming lifts what a person did; it is the settings that ask for automatic failover. */
function filterNotes(run: Run): readonly string[] {
  const settings = findConfig(run.io, configPlaceOf(run))?.settings;
  if (!settings) return [];
  const { recoverMasterClusterFilters, recoverIntermediateMasterClusterFilters } = settings;
  if (recoverMasterClusterFilters.length + recoverIntermediateMasterClusterFilters.length > 0)
    return [];
  return [
    'note: automatic failover stays off: recoverMasterClusterFilters of these settings names no cluster.',
  ];
}

function disarm(run: Run, cluster: string, { reason }: DisarmOptions): Promise<ExitCode> {
  return withJournal(run, (journal) => {
    demandKnownCluster(run, journal, cluster);
    const disarmed: Disarming = { cluster, at: run.io.now(), by: run.io.actor, reason };
    journal.disarm(disarmed);
    if (run.options.json === true) run.json({ cluster, disarmed }, 'document');
    run.tell(`Automatic failover of ${cluster} is switched off, until: switchover arm ${cluster}`);
    return exitCodes.done;
  });
}
