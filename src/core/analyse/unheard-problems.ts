import type { ProblemCode } from '../model/finding.ts';
import type { InstanceKey, SilenceReason } from '../model/instance.ts';
import { knownUserRefusedBy } from '../model/refused-login.ts';
import type { Member } from '../model/topology.ts';
import { shortList, silenceOf, type Census } from './census.ts';
import type { Holding, Problem } from './problem.ts';

/** What keeps us from hearing an instance, as far as one remedy goes. */
type Obstacle = 'name' | 'login' | 'key' | 'other';

const mostNamed = 6;

const obstacles: Partial<Record<SilenceReason, Obstacle>> = {
  'unknown-host': 'name',
  denied: 'login',
  // Has a finding of its own, whether it was heard before or not.
  'key-changed': 'key',
};

/**
 * Instances that were never heard, in one finding for each remedy. Nothing else is ever said of them: they may replicate
 * as well as any other.
 */
export const unheardProblems: readonly Problem<Census>[] = [
  {
    ...neverReached('InstancesNotResolved', 'name', (count) =>
      count === 1
        ? '1 instance cannot be reached because its host name does not resolve here'
        : `${String(count)} instances cannot be reached because their host names do not resolve here`,
    ),
    advice:
      'Map each address with Map Addresses..., or with "addresses" in the settings of this cluster. Replication may be working.',
  },
  {
    ...neverReached('InstancesRefuseUser', 'login', (count) =>
      count === 1
        ? '1 instance refuses the monitor user'
        : `${String(count)} instances refuse the monitor user`,
    ),
    advice: 'Run Create Monitor User... for each instance listed. Replication may be working.',
  },
  {
    ...neverReached('InstancesNotReached', 'other', (count) =>
      count === 1
        ? 'No connection to 1 instance could be made yet'
        : `No connection to ${String(count)} instances could be made yet`,
    ),
    advice:
      'Check that each instance runs and can be reached from here. Replication may be working.',
  },
];

function neverReached(
  code: ProblemCode,
  obstacle: Obstacle,
  saysOf: (count: number) => string,
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
      const names = firstOf(met.map((it) => it.key));
      const count = met.length;
      return {
        instance: count === 1 ? only.key : null,
        says: `${saysOf(count)}: ${names}.`,
        evidence: met.map(silenceOf),
        ...(obstacle === 'login' ? knownUser(met) : {}),
        facts: { count, names, ...(obstacle === 'login' ? numberOf(met) : {}) },
      };
    },
  };
}

/** A sentence names a few; the evidence names all. */
function firstOf(keys: readonly InstanceKey[]): string {
  return keys.length <= mostNamed ? shortList(keys) : `${shortList(keys.slice(0, mostNamed))}, ...`;
}

/** Where all of them know our user, and turn it away for one and the same reason, that is what to change. */
function knownUser(met: readonly Member[]): Pick<Holding, 'advice'> {
  const reasons = new Set(errorNumbers(met).map(knownUserRefusedBy));
  const [only] = reasons;
  return only === undefined || reasons.size > 1 ? {} : { advice: knownUserAdvice[only] };
}

/** The server's error number, where it is the same for all. */
function numberOf(met: readonly Member[]): { readonly number?: number } {
  const numbers = new Set(errorNumbers(met));
  const [only] = numbers;
  return only === undefined || numbers.size > 1 ? {} : { number: only };
}

function errorNumbers(met: readonly Member[]): readonly (number | undefined)[] {
  return met.map(({ probe }) => (probe.kind === 'silent' ? probe.errno : undefined));
}

export const knownUserAdvice = {
  expired: 'Give the monitor user a new password there: the old one has expired.',
  locked: 'Unlock the account of the monitor user there.',
} as const;

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
