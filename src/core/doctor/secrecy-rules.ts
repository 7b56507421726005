import { unfitForReplication } from '../model/password-shape.ts';
import { phrase, plain } from '../model/phrase.ts';
import type { DoctorRule, Diagnosis, DoctorSubject } from './doctor-rule.ts';

/** What shows a password to others, or keeps one from being used. */
export const secrecyRules: readonly DoctorRule[] = [
  {
    code: 'ReplicationPasswordUnfit',
    gravity: 'breaks',
    why: phrase('It cannot be given that password, so it could not follow a new master.'),
    holds: passwordUnfit,
  },
  {
    code: 'StatementsLogged',
    gravity: 'advice',
    why: phrase(
      'Whoever reads that log reads the passwords of statements that change replication or create a user.',
    ),
    holds: statementsLogged,
  },
  {
    code: 'NoTls',
    gravity: 'advice',
    why: phrase('Passwords and data travel so that others on the way can read them.'),
    holds: withoutTls,
  },
];

function passwordUnfit({ server, policy, member }: DoctorSubject): Diagnosis | undefined {
  const { replicationPassword: shape, replicationUser: user } = policy;
  if (server === undefined || shape === undefined || user === null) return undefined;
  const because = unfitForReplication(shape, server.flavor);
  return because === undefined
    ? undefined
    : {
        says: phrase("{instance} cannot keep the password of '{user}'.", {
          instance: member.key,
          user,
        }),
        evidence: [because],
        advice: phrase(
          'Give the replication user a shorter password of ordinary characters on the master, and set it in Switchover.',
        ),
      };
}

/** MySQL writes `<secret>` in their place, unless `log_raw` is on; MariaDB writes statements as they came. */
function statementsLogged({ server, checkUp, member }: DoctorSubject): Diagnosis | undefined {
  const { general_log: logs, log_raw: raw } = checkUp?.settings ?? {};
  const shows = server?.flavor === 'mariadb' || raw === 'ON';
  return logs === 'ON' && shows
    ? {
        says: phrase('{instance} writes every statement into its general log, passwords too.', {
          instance: member.key,
        }),
        evidence: [
          plain('general_log = ON'),
          ...(server?.flavor === 'mysql' ? [plain('log_raw = ON')] : []),
        ],
        advice: phrase('Switch general_log off.'),
        byHand: [
          {
            on: member.key,
            instruction: {
              do: 'option-lines',
              options: [{ name: 'general_log', value: 'OFF' }],
              restart: false,
            },
          },
        ],
      }
    : undefined;
}

/** `have_ssl` is gone from MySQL 8.4 on; a server of 8.0 makes a certificate by itself, and then names it. */
function withoutTls({ checkUp, channel, policy, member }: DoctorSubject): Diagnosis | undefined {
  if (policy.environment === 'lab' || checkUp === undefined) return undefined;
  const { have_ssl: have, ssl_cert: certificate } = checkUp.settings;
  const offers = have === undefined ? certificate !== '' : have === 'YES';
  if (have === undefined && certificate === undefined) return undefined;
  if (!offers) {
    return {
      says: phrase('{instance} offers no TLS.', { instance: member.key }),
      evidence: [plain(have === undefined ? "ssl_cert = ''" : `have_ssl = ${have}`)],
      advice: phrase('Give the server a certificate (ssl_cert, ssl_key) and restart it.'),
    };
  }
  return channel?.tls === false
    ? {
        says: phrase('{instance} replicates without TLS.', { instance: member.key }),
        evidence: [plain(`${channel.source.host}:${String(channel.source.port)}`)],
        advice: phrase(
          'Let it replicate with TLS: stop replication, set SOURCE_SSL = 1 (MASTER_SSL = 1 on MariaDB), and start it.',
        ),
      }
    : undefined;
}
