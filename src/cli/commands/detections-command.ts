import { Command } from 'commander';
import { detectionJson, type DetectionJson } from '../../protocol/record-json.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { demandKnownCluster, withJournal } from './journal.ts';
import type { Paint } from '../output/paint.ts';
import type { Perform } from '../perform.ts';
import type { Run } from '../run.ts';
import { utc } from '../output/utc.ts';

/** Enough for a person; the journal keeps more. */
const shownAtMost = 100;

export function detectionsCommand(perform: Perform): Command {
  return new Command('detections')
    .description('print what automatic failover found and decided, the newest first')
    .argument('[CLUSTER]', 'all where none is named')
    .action((cluster: string | undefined) => perform((run) => showDetections(run, cluster)));
}

function showDetections(run: Run, cluster: string | undefined): Promise<ExitCode> {
  return withJournal(run, (journal) => {
    if (cluster !== undefined) demandKnownCluster(run, journal, cluster);
    const detections = journal.detections(cluster, shownAtMost).map(detectionJson);
    if (run.options.json === true) run.json({ detections }, 'document');
    else if (detections.length === 0) run.tell('Nothing was detected yet.');
    else detections.flatMap((it) => detectionLines(it, run.paint)).forEach(run.tell);
    return exitCodes.done;
  });
}

function detectionLines(detection: DetectionJson, paint: Paint): readonly string[] {
  const { at, cluster, code, says, evidence, decision, because, recovery } = detection;
  return [
    `${utc(at)}  ${cluster}  ${paint('red', code)}: ${says}`,
    ...evidence.map((it) => paint('dim', `    ${it}`)),
    ...because.map((it) => `    ${paint('yellow', 'Held:')} ${it}`),
    ...(decision === 'acted' ? [`    ${paint('green', 'Acted:')} ${actedSays(recovery)}`] : []),
  ];
}

function actedSays(recovery: string | null): string {
  return recovery === null ? 'no recovery was begun.' : `recovery ${recovery}`;
}
