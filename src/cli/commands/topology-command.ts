import { Command } from 'commander';
import type { ClusterState } from '../../core/backend.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Perform } from '../perform.ts';
import { outsiderLines, readerLines, topologyLines } from '../output/print-topology.ts';
import { demandAnswers, look, nothingRead, silences, withEngine, type Run } from '../run.ts';
import { clusterJson } from '../output/topology-json.ts';

export function topologyCommand(perform: Perform): Command {
  return new Command('topology')
    .description('discover once and print the tree')
    .argument('[CLUSTER]', 'all where none is named')
    .action((cluster: string | undefined) => perform((run) => showTopology(run, cluster)));
}

function showTopology(run: Run, cluster: string | undefined): Promise<ExitCode> {
  return withEngine(run, cluster === undefined ? [] : [cluster], async (session) => {
    const { states, finish } = await look(run, session);
    const lagSeconds = session.config.settings.reasonableReplicationLagSeconds;
    if (run.options.json === true) run.json({ clusters: states.map(clusterJson) }, 'document');
    else printTrees(run, states, lagSeconds);
    finish();
    demandAnswers(states);
    for (const state of states.filter(nothingRead)) silences(state).forEach(run.warn);
    return session.done;
  });
}

/** One cluster: the bare tree, as Orchestrator prints it. Several: each below its name. */
function printTrees(run: Run, states: readonly ClusterState[], lagSeconds: number): void {
  for (const [index, { topology, findings }] of states.entries()) {
    if (index > 0) run.tell('');
    if (states.length > 1) run.tell(run.paint('bold', topology.cluster));
    for (const line of topologyLines(topology, lagSeconds, run.paint)) run.tell(line);
    for (const it of outsiderLines(topology)) run.tell(run.paint('yellow', it));
    for (const it of readerLines(topology)) run.tell(it);
    for (const it of findings.filter(({ code }) => code === 'NeighbourRefusesUser')) {
      run.tell(run.paint('yellow', it.says));
    }
  }
}
