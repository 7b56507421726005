import { phrase, plain } from '../model/phrase.ts';
import type { Setting } from '../model/setting.ts';
import {
  isReplica,
  persists,
  type DoctorRule,
  type Diagnosis,
  type DoctorSubject,
} from './doctor-rule.ts';

const daySeconds = 86_400;
const weekDays = 7;
/** A clock that differs by less does not mislead anybody who reads a lag. */
const skewMs = 1_000;
const fullBelow = 0.1;

/** What may lose a write, or let one in where none belongs. */
export const safetyRules: readonly DoctorRule[] = [
  {
    code: 'WritableReplica',
    gravity: 'breaks',
    why: phrase(
      'A write there is a transaction that its master lacks: it can then neither be promoted nor rejoin.',
    ),
    holds: (subject) =>
      isReplica(subject) && subject.server?.readOnly === false
        ? {
            says: phrase('{instance} is a replica and takes writes.', {
              instance: subject.member.key,
            }),
            evidence: [plain('read_only = OFF')],
            advice: phrase('Make it read-only, also in its option file.'),
            remedy: { closes: true },
            byHand: [keptClosed(subject)],
          }
        : undefined,
  },
  {
    code: 'ReadOnlyNotKept',
    gravity: 'advice',
    why: phrase('A replica that restarts without it takes writes.'),
    holds: notKept,
  },
  {
    code: 'SuperReadOnlyOff',
    gravity: 'advice',
    why: phrase('Whoever holds the right SUPER may write there in spite of read_only.'),
    holds: (subject) =>
      isReplica(subject) && subject.server?.superReadOnly === false && subject.server.readOnly
        ? {
            says: phrase('{instance} takes writes of administrators.', {
              instance: subject.member.key,
            }),
            evidence: [plain('super_read_only = OFF')],
            advice: phrase('Switch super_read_only on.'),
            remedy: { settings: [{ name: 'super_read_only', value: 'ON' }] },
          }
        : undefined,
  },
  {
    code: 'ShortBinlogRetention',
    gravity: 'advice',
    why: phrase('A replica that is away for longer than that must be rebuilt.'),
    holds: shortRetention,
  },
  {
    code: 'NotDurable',
    gravity: 'advice',
    why: phrase(
      'When its machine dies, the last commits are lost, and its binary log may tell replicas of some that it lost.',
    ),
    holds: notDurable,
  },
  {
    code: 'GtidNotStrict',
    gravity: 'advice',
    why: phrase(
      'A transaction of its own is not noticed until somebody is promoted, and after a restore from a backup transactions that everyone has may count as missing.',
    ),
    holds: ({ server, member }) =>
      server?.gtid.kind === 'mariadb' && !server.gtid.strict
        ? {
            says: phrase('{instance} lets transactions out of order into its binary log.', {
              instance: member.key,
            }),
            evidence: [plain('gtid_strict_mode = OFF')],
            advice: phrase(
              'Switch gtid_strict_mode on: replication then stops at the first such transaction.',
            ),
            remedy: { settings: [{ name: 'gtid_strict_mode', value: 'ON' }] },
          }
        : undefined,
  },
  {
    code: 'RelayLogNotRecovered',
    gravity: 'advice',
    why: phrase('After a crash it may go on from a torn relay log, and stop.'),
    holds: (subject) =>
      isReplica(subject) && subject.checkUp?.settings.relay_log_recovery?.toUpperCase() === 'OFF'
        ? {
            says: phrase('{instance} trusts its relay log after a crash.', {
              instance: subject.member.key,
            }),
            evidence: [plain('relay_log_recovery = OFF')],
            advice: phrase('Switch it on and restart the server.'),
            byHand: [lines(subject, [{ name: 'relay_log_recovery', value: 'ON' }], true)],
          }
        : undefined,
  },
  {
    code: 'NamesAreResolved',
    gravity: 'advice',
    why: phrase(
      'Every log-in waits for a name server, and none succeeds in time while that is away.',
    ),
    holds: (subject) =>
      subject.checkUp?.settings.skip_name_resolve?.toUpperCase() === 'OFF'
        ? {
            says: phrase('{instance} asks for the name of every client.', {
              instance: subject.member.key,
            }),
            evidence: [plain('skip_name_resolve = OFF')],
            advice: phrase(
              'Switch skip_name_resolve on and restart the server, once no account names a host by name.',
            ),
            byHand: [lines(subject, [{ name: 'skip_name_resolve', value: 'ON' }], true)],
          }
        : undefined,
  },
  {
    code: 'ClockSkew',
    gravity: 'advice',
    why: phrase('Its lag is told wrong by so much.'),
    holds: skewed,
  },
  {
    code: 'DiskFull',
    gravity: 'breaks',
    why: phrase('A server whose disk is full takes no writes and does not end.'),
    holds: ({ checkUp, member }) => {
      const full = checkUp?.disks?.find((it) => it.freeShare < fullBelow);
      return full === undefined
        ? undefined
        : {
            says: phrase('The disk of {instance} at {path} is {count} % full.', {
              instance: member.key,
              path: full.path,
              count: Math.round((1 - full.freeShare) * 100),
            }),
            advice: phrase('Make room.'),
          };
    },
  },
];

function lines(
  { member }: DoctorSubject,
  options: readonly { readonly name: Setting['name']; readonly value: string }[],
  restart: boolean,
): NonNullable<Diagnosis['byHand']>[number] {
  return { on: member.key, instruction: { do: 'option-lines', options, restart } };
}

function keptClosed(subject: DoctorSubject): NonNullable<Diagnosis['byHand']>[number] {
  const name = subject.server?.superReadOnly === null ? 'read_only' : 'super_read_only';
  return lines(subject, [{ name, value: 'ON' }], false);
}

/** What SQL set hides what an option file says, so this is advice and no more. */
function notKept(subject: DoctorSubject): Diagnosis | undefined {
  const { server, checkUp, member } = subject;
  if (!isReplica(subject) || server?.readOnly !== true || checkUp?.readOnlyFrom !== 'sql') {
    return undefined;
  }
  const found = {
    says: phrase(
      '{instance} was made read-only after its start: whether it starts so cannot be seen.',
      {
        instance: member.key,
      },
    ),
    advice: phrase(
      'Make sure that it starts read-only. A master that restarts so is opened by a person, or replaced.',
    ),
  };
  return persists(server)
    ? { ...found, remedy: { settings: [{ name: 'super_read_only', value: 'ON' }] } }
    : { ...found, byHand: [keptClosed(subject)] };
}

function shortRetention({ checkUp, member }: DoctorSubject): Diagnosis | undefined {
  const days = Number(checkUp?.settings.expire_logs_days ?? 0);
  const inSeconds = checkUp?.settings.binlog_expire_logs_seconds;
  const seconds = Number(inSeconds ?? 0) || days * daySeconds;
  const setting: Setting =
    inSeconds === undefined
      ? { name: 'expire_logs_days', value: weekDays }
      : { name: 'binlog_expire_logs_seconds', value: weekDays * daySeconds };
  return seconds > 0 && seconds < daySeconds
    ? {
        says: phrase('{instance} keeps binary logs for {count} s only.', {
          instance: member.key,
          count: seconds,
        }),
        advice: phrase('Keep them for {days} days, if the disk allows.', { days: weekDays }),
        remedy: { settings: [setting] },
      }
    : undefined;
}

function notDurable({ checkUp, member }: DoctorSubject): Diagnosis | undefined {
  const names = ['sync_binlog', 'innodb_flush_log_at_trx_commit'] as const;
  const weak = names.filter((it) => (checkUp?.settings[it] ?? '1') !== '1');
  return weak.length === 0
    ? undefined
    : {
        says: phrase(
          '{instance} does not write every commit to its disk before it says that it is safe.',
          {
            instance: member.key,
          },
        ),
        evidence: weak.map((it) => plain(`${it} = ${checkUp?.settings[it] ?? ''}`)),
        advice: phrase('Set both to 1; commits then wait for the disk.'),
        remedy: { settings: weak.map((name) => ({ name, value: 1 })) },
      };
}

function skewed({ checkUp, member }: DoctorSubject): Diagnosis | undefined {
  const clock = checkUp?.clock ?? null;
  return clock !== null && Math.abs(clock.skewMs) > skewMs + clock.withinMs
    ? {
        says: phrase('The clock of {instance} differs from ours by {count} ms.', {
          instance: member.key,
          count: Math.round(clock.skewMs),
        }),
        evidence: [phrase('Within {count} ms.', { count: Math.round(clock.withinMs) })],
        advice: phrase('Let a time service keep the clocks, such as chrony.'),
      }
    : undefined;
}
