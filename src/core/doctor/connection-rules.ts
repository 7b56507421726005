import { phrase } from '../model/phrase.ts';
import type { DoctorRule, Diagnosis, DoctorSubject } from './doctor-rule.ts';

/** What our own connections to a server lack. */
export const connectionRules: readonly DoctorRule[] = [
  {
    code: 'TooFewConnections',
    gravity: 'slows',
    why: phrase(
      'A failover shares one connection with the monitor, and a second process gets none: no window, no terminal and no other monitor can act.',
    ),
    holds: tooFewConnections,
  },
  {
    code: 'TlsSwitchedOff',
    gravity: 'advice',
    why: phrase('Others on the way can read what we ask and answer, and pretend to be the server.'),
    holds: ({ member, server, policy }) =>
      server !== undefined && policy.withoutTls === true && policy.environment !== 'lab'
        ? {
            says: phrase('Our connections to {instance} are not encrypted: tls is false.', {
              instance: member.key,
            }),
            advice: phrase(
              "Remove 'tls' from the settings of the cluster: TLS is then used wherever a server offers it.",
            ),
          }
        : undefined,
  },
];

/** The monitor, a plan, a second way to end a statement, the doctor, and the write probe. */
const neededConnections = 5;

function tooFewConnections({ member, checkUp }: DoctorSubject): Diagnosis | undefined {
  const most = checkUp?.maxOwnConnections ?? null;
  const account = checkUp?.ourUser?.account;
  return most !== null && most < neededConnections && account !== undefined
    ? {
        says: phrase("{instance} lets '{user}'@'{host}' hold {count} connections at a time.", {
          instance: member.key,
          ...account,
          count: most,
        }),
        evidence: [
          phrase('Each process of Switchover needs up to {count}.', { count: neededConnections }),
        ],
        advice: phrase(
          'Lift the limit on the master, so that it replicates, or raise max_user_connections of the server.',
        ),
        byHand: [{ on: member.key, instruction: { do: 'lift-connection-limit', ...account } }],
      }
    : undefined;
}
