import { answered, type SemiSyncSource } from '../model/instance.ts';
import type { Census } from './census.ts';
import type { Holding, Problem } from './problem.ts';

/** For so long a living replica is never behind with what the master waits for. */
const standstillSeconds = 5;

/** What can be wrong with how a master waits for its replicas; the first that holds is the finding. */
export const semiSyncProblems: readonly Problem<Census>[] = [
  {
    code: 'LockedSemiSyncMaster',
    severity: 'error',
    advice:
      'Bring back replicas that acknowledge. Switching the waiting off would acknowledge commits that no replica has.',
    holds: (census) =>
      waiting(census, (it) => it.active && it.clients < it.waitsFor && it.waitingSessions > 0, {
        says: (master, it) =>
          `Writes on ${master} are blocked: ${String(it.waitingSessions)} ${it.waitingSessions === 1 ? 'session waits' : 'sessions wait'} for ${String(it.waitsFor)} replicas, and ${String(it.clients)} acknowledge.`,
      }),
  },
  {
    code: 'LockedSemiSyncMaster',
    severity: 'error',
    advice:
      'Check the way between the master and its replicas. Switching the waiting off would acknowledge commits that no replica has.',
    holds: (census) => {
      const { at, standsStillSince = at } = census.topology;
      const seconds = Math.round((at - standsStillSince) / 1000);
      if (seconds < standstillSeconds) {
        return undefined;
      }
      const holding = waiting(census, (it) => it.active && it.waitingSessions > 0, {
        says: (master, it) =>
          `Writes on ${master} are blocked: for ${String(standstillSeconds)} s ${it.waitingSessions === 1 ? 'a session waits' : `${String(it.waitingSessions)} sessions wait`} for an acknowledgement, and no replica receives anything.`,
      });
      // Whatever the master still counts as connected, nobody acknowledges.
      return holding && { ...holding, facts: { ...holding.facts, clients: 0 } };
    },
  },
  {
    code: 'LockedSemiSyncMasterHypothesis',
    severity: 'warning',
    advice: 'Bring back replicas that acknowledge before the next write has to wait.',
    holds: (census) =>
      waiting(census, (it) => it.active && it.clients < it.waitsFor, {
        says: (master, it) =>
          `The next write on ${master} will wait for ${String(it.waitsFor)} replicas, and ${String(it.clients)} acknowledge.`,
      }),
  },
  {
    code: 'NotEnoughValidSemiSyncReplicasStructureWarning',
    severity: 'warning',
    advice: 'Let more replicas acknowledge: until then commits may be lost with the master.',
    holds: (census) =>
      waiting(census, (it) => ackers(census) + census.perhapsReplicas < it.waitsFor, {
        says: (master, it) =>
          `${master} should wait for ${String(it.waitsFor)} replicas, but ${String(ackers(census))} could acknowledge.`,
      }),
  },
  {
    code: 'SemiSyncFellBack',
    severity: 'warning',
    advice: 'Find out why replicas acknowledge late: until it waits again, commits may be lost.',
    holds: (census) =>
      waiting(census, (it) => !it.active, {
        says: (master) => `${master} no longer waits for its replicas: its timeout ran out.`,
      }),
  },
];

function waiting(
  census: Census,
  holds: (source: SemiSyncSource) => boolean,
  { says }: { readonly says: (master: string, source: SemiSyncSource) => string },
): Holding | undefined {
  const { master, masterServer } = census;
  const source = masterServer?.semiSync.source ?? undefined;
  if (master === undefined || source?.enabled !== true || !holds(source)) {
    return undefined;
  }
  return {
    instance: master.key,
    says: says(master.key, source),
    facts: {
      instance: master.key,
      waits: source.waitsFor,
      clients: source.clients,
      sessions: source.waitingSessions,
      able: ackers(census),
    },
  };
}

function ackers({ reachable }: Census): number {
  return reachable.filter((it) => answered(it.member)?.semiSync.replica?.enabled === true).length;
}
