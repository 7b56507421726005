import { readSettings } from '../../config/settings.ts';
import { chooseClusters, unknownCluster } from './choose-clusters.ts';
import { findConfig } from '../config-file.ts';
import type { Journal, Parts } from '../engine-type.ts';
import { CommandError, exitCodes, wrongUse, type ExitCode } from '../exit-code.ts';
import { configPlaceOf, logTo, stateDirOf, type Run } from '../run.ts';

/** Lets `work` use the journal. It needs no settings and no server: an old recovery stays readable without both. */
export async function withJournal(
  run: Run,
  work: (journal: Journal, parts: Parts) => ExitCode,
): Promise<ExitCode> {
  const parts = await run.io.parts();
  const log = logTo(run);
  const engine = parts.createEngine({
    settings: readSettings({}).settings,
    passwords: () => Promise.resolve(undefined),
    stateDir: stateDirOf(run),
    // Why there is no journal is told once, below.
    log: (level, line) => level !== 'error' && log(level, line),
  });
  try {
    if (engine.store) return work(engine.store, parts);
    throw new CommandError(
      exitCodes.failed,
      engine.storeProblem ?? 'The journal could not be opened.',
    );
  } finally {
    engine.close();
  }
}

/** A cluster that neither the settings nor the journal know is a slip of the pen. */
export function demandKnownCluster(run: Run, journal: Journal, cluster: string): void {
  if (isRemembered(journal, cluster)) return;
  const config = findConfig(run.io, configPlaceOf(run));
  if (!config) throw wrongUse(unknownCluster(cluster, []));
  chooseClusters(config, [cluster]);
}

function isRemembered(journal: Journal, cluster: string): boolean {
  return (
    journal.recoveries(cluster, 1).length > 0 ||
    journal.detections(cluster, 1).length > 0 ||
    journal.knownInstances(cluster).length > 0
  );
}
