import { phrase, type Phrase } from '../model/phrase.ts';
import type { WriteTrial } from '../model/write-trial.ts';
import type { Census } from './census.ts';
import type { Problem } from './problem.ts';

/** One failure may be a hiccup. */
const failuresThatCount = 2;

/** What the write probe can find on a master that answers; the first that holds is the finding. */
export const writeProblems: readonly Problem<Census>[] = [
  {
    code: 'MasterCannotWrite',
    severity: 'error',
    advice: 'Free its disk or mend its storage, or promote a replica.',
    holds: (census) => {
      const trial = trialOn(census);
      const got = trial === undefined ? undefined : storageTrouble(trial, census);
      if (trial === undefined || got === undefined || trial.failures < failuresThatCount) {
        return undefined;
      }
      const facts = { instance: trial.master, count: trial.failures };
      return {
        instance: trial.master,
        says: `${trial.master} answers but cannot write: ${String(trial.failures)} attempts in a row failed.`,
        evidence: [got],
        facts,
      };
    },
  },
  {
    code: 'MissingRights',
    severity: 'info',
    advice: 'Grant what the write probe needs, or switch it off: writeProbe.',
    holds: (census) => {
      const trial = trialOn(census);
      if (trial?.outcome.kind !== 'missing-rights') {
        return undefined;
      }
      const { grant } = trial.outcome;
      return {
        instance: trial.master,
        says: `Our user lacks rights on ${trial.master}: ${grant}.`,
        facts: { instance: trial.master, missing: grant },
      };
    },
  },
];

/**
 * Only where the master answers and takes writes, or hangs over questions as the attempt does: some are answered only by
 * whoever can write the binary log. Else nothing is known of its storage now.
 */
function trialOn({ topology, master, masterServer }: Census): WriteTrial | undefined {
  const hangs = master?.probe.kind === 'silent' && master.probe.reason === 'hung';
  const trial = topology.writeTrial;
  return masterServer?.readOnly === false || (hangs && trial?.outcome.kind === 'waiting')
    ? trial
    : undefined;
}

/** A commit that waits for its acknowledgement has reached the storage, which is another trouble; or it may have, where nobody can be asked. */
function storageTrouble(
  { master, outcome }: WriteTrial,
  { master: member, masterServer }: Census,
): Phrase | undefined {
  if (outcome.kind === 'refused') {
    return outcome.says;
  }
  const source = member?.lastAnswer?.server.semiSync.source;
  const waits =
    source?.enabled === true && (source.waitingSessions > 0 || masterServer === undefined);
  return outcome.kind === 'waiting' && !waits
    ? // Whole steps, so that a finding does not change its words every second.
      phrase('{instance} did not answer an attempt to write for more than {seconds} s.', {
        instance: master,
        seconds: roundedDown(Math.floor(outcome.ms / 1000)),
      })
    : undefined;
}

function roundedDown(seconds: number): number {
  const steps = [1, 5, 15, 60, 300];
  return steps.filter((it) => it <= seconds).at(-1) ?? 0;
}
