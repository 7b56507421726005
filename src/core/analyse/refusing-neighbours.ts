import { phrase } from '../model/phrase.ts';
import { knownUserRefusedBy } from '../model/refused-login.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import type { Topology } from '../model/topology.ts';

/** Servers beside the cluster that refuse our user: any of them may be a replica that does not replicate. */
export function refusingNeighbours(topology: Topology, policy: Policy): readonly Finding[] {
  return (topology.refusing ?? []).map(({ instance, network, says, errno }): Finding => {
    const place = network === null ? instance : `${instance} on ${network}`;
    const user = policy.monitorUser ?? 'the monitor user';
    const error = errno === null ? '' : ` (${String(errno)})`;
    return {
      code: 'NeighbourRefusesUser',
      severity: 'info',
      instance,
      says: `${place} refuses ${user}${error}. A replica that does not replicate would.`,
      evidence: [says],
      advice: adviceOn(errno),
      // In every language.
      facts: {
        place: network === null ? instance : `${instance} (${network})`,
        user,
        number: errno ?? '?',
      },
    };
  });
}

/** A user that is there need not be made. */
function adviceOn(errno: number | null): string {
  switch (knownUserRefusedBy(errno)) {
    case 'expired':
      return phrase(
        'If it belongs to the cluster, give the monitor user a new password on it: the old one has expired.',
      ).text;
    case 'locked':
      return phrase('If it belongs to the cluster, unlock the account of the monitor user on it.')
        .text;
    default:
      return phrase('If it belongs to the cluster, create the monitor user on it alone.').text;
  }
}
