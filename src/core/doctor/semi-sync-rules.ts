import { phrase, plain } from '../model/phrase.ts';
import { isReplica, type DoctorRule } from './doctor-rule.ts';

/** A hung replica or a slow disk may well keep an acknowledgement for so long. */
const shortFallBackMs = 60_000;
const longFallBackMs = 3_600_000;

/** Who waits for an acknowledgement, and for how long. */
export const semiSyncRules: readonly DoctorRule[] = [
  {
    code: 'SemiSyncSourceOnReplica',
    gravity: 'breaks',
    why: phrase(
      'What it applies waits for replicas of its own: promoted, it could not apply what it received, and nobody could write for as long.',
    ),
    holds: (subject) => {
      const { server, member } = subject;
      const source = server?.semiSync.source;
      return isReplica(subject) &&
        source?.enabled === true &&
        source.clients < source.waitsFor &&
        server?.readOnly === true
        ? {
            says: phrase('{instance} is a replica, and its commits wait for acknowledgements.', {
              instance: member.key,
            }),
            evidence: [
              plain(`${source.variable} = ON`),
              phrase('{count} acknowledge, {waits} are waited for, {ms} ms long.', {
                count: source.clients,
                waits: source.waitsFor,
                ms: source.timeoutMs,
              }),
            ],
            advice: phrase(
              'Switch its source role off, and leave it out of the option file: a promotion switches it on.',
            ),
            remedy: {
              settings: [{ name: 'semi_sync_source_enabled', value: 'OFF' }],
              passing: true,
            },
          }
        : undefined;
    },
  },
  {
    code: 'SemiSyncStopsWaiting',
    gravity: 'advice',
    why: phrase(
      'With its last replica gone it tells clients that their writes are safe when nobody else has them.',
    ),
    holds: ({ server, member }) =>
      server?.semiSync.source?.enabled === true && !server.semiSync.source.waitsWithoutReplicas
        ? {
            says: phrase('{instance} stops waiting as soon as too few replicas are connected.', {
              instance: member.key,
            }),
            advice: phrase('Let it wait also then; writes stop while no replica is there.'),
            remedy: { settings: [{ name: 'semi_sync_waits_without_replicas', value: 'ON' }] },
          }
        : undefined,
  },
  {
    code: 'SemiSyncFallsBack',
    gravity: 'advice',
    why: phrase(
      'After that time it goes on without its replicas, and a failover may lose what it told was safe.',
    ),
    holds: ({ server, member }) => {
      const source = server?.semiSync.source;
      return source?.enabled === true && source.timeoutMs < shortFallBackMs
        ? {
            says: phrase('{instance} waits only {count} ms for an acknowledgement.', {
              instance: member.key,
              count: source.timeoutMs,
            }),
            advice: phrase(
              'Let it wait for an hour, if no write may be lost: writes stop meanwhile.',
            ),
            remedy: { settings: [{ name: 'semi_sync_timeout', value: longFallBackMs }] },
          }
        : undefined;
    },
  },
];
