import type { ProblemCode } from '../model/finding.ts';
import type { SilenceReason } from '../model/instance.ts';
import type { Member } from '../model/topology.ts';
import { shortList, silenceOf, type Census } from './census.ts';
import type { Problem } from './problem.ts';

/** What keeps us from hearing an instance, as far as one remedy goes. */
type Obstacle = 'name' | 'login' | 'other';

const obstacles: Partial<Record<SilenceReason, Obstacle>> = {
  'unknown-host': 'name',
  denied: 'login',
};

/**
 * Instances that were never heard, in one finding for each remedy. Nothing else is ever said of them: they may replicate
 * as well as any other.
 */
export const unheardProblems: readonly Problem<Census>[] = [
  {
    ...neverReached('InstancesNotResolved', 'name', (count) =>
      count === 1 ? 'its host name does not resolve here' : 'their host names do not resolve here',
    ),
    advice:
      'Map their addresses with Map Addresses..., or with "addresses" in the settings of this cluster. They may be replicating.',
  },
  {
    ...neverReached('InstancesRefuseUser', 'login', (count) =>
      count === 1 ? 'it refuses the monitor user' : 'they refuse the monitor user',
    ),
    advice: 'Create the monitor user there with Create Monitor User.... They may be replicating.',
  },
  {
    ...neverReached('InstancesNotReached', 'other', () => 'no connection could be made yet'),
    advice: 'Check that they run, and the network between here and them. They may be replicating.',
  },
];

function neverReached(
  code: ProblemCode,
  obstacle: Obstacle,
  reason: (count: number) => string,
): Omit<Problem<Census>, 'advice'> {
  return {
    code,
    severity: 'warning',
    holds: (census) => {
      const met = census.neverHeard.filter((it) => obstacleOf(it) === obstacle);
      const [only] = met;
      // Where nothing answers at all, the cluster itself is said to be out of reach.
      if (only === undefined || (obstacle === 'other' && nothingAnswers(census))) {
        return undefined;
      }
      const names = shortList(met.map((it) => it.key));
      const count = met.length;
      return {
        instance: count === 1 ? only.key : null,
        says: `${count === 1 ? '1 instance' : `${String(count)} instances`} cannot be reached, ${reason(count)}: ${names}.`,
        evidence: met.map(silenceOf),
        facts: { count, names },
      };
    },
  };
}

/** Nobody answers, and by now that counts. */
export function nothingAnswers({ topology }: Pick<Census, 'topology'>): boolean {
  const { members, early } = topology;
  const tooSoon = (it: Member): boolean =>
    early === true && it.unheard === true && !isConclusive(it);
  return members.every((it) => it.probe.kind === 'silent') && !members.some(tooSoon);
}

/** The server or its host itself turned us away. */
function isConclusive({ probe }: Member): boolean {
  return probe.kind === 'silent' && (probe.reason === 'refused' || probe.reason === 'denied');
}

function obstacleOf({ probe }: Member): Obstacle {
  return (probe.kind === 'silent' ? obstacles[probe.reason] : undefined) ?? 'other';
}
