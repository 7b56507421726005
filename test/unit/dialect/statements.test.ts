import { expect, test } from 'vitest';
import type { Action, Place } from '../../../src/core/model/plan.ts';
import type { Position } from '../../../src/core/model/position.ts';
import type { Server } from '../../../src/core/model/instance.ts';
import {
  spell,
  spellForDisplay,
  Unspellable,
  type StatementAction,
} from '../../../src/dialect/statements.ts';
import { eventNamed } from '../../support/builders/servers.ts';
import { channel, releases, serverOf } from './servers.ts';

const secrets = { user: 'repl', password: 'pa55' };
const marks = new Map<string, Position>([
  ['handover', { kind: 'file', source: 'db2:3306', at: { file: 'binlog.000007', offset: 154 } }],
]);

function pointAt(place: Place, changed: { tls?: boolean; withCredentials?: boolean } = {}) {
  return {
    do: 'point-at',
    source: 'db2:3306',
    host: 'db2',
    port: 3306,
    place,
    withCredentials: true,
    tls: false,
    connectRetrySeconds: 1,
    ...changed,
  } as const;
}

const byGtid: Place = { by: 'gtid', adopt: false };
const actions: readonly StatementAction[] = [
  { do: 'set-read-only' },
  { do: 'set-writable' },
  { do: 'start-applier' },
  { do: 'stop-receiver' },
  { do: 'start-receiver' },
  { do: 'stop-replication' },
  { do: 'start-replication' },
  { do: 'forget-source' },
  pointAt(byGtid),
  pointAt({ by: 'gtid', adopt: true }, { withCredentials: false }),
  pointAt({ by: 'file', at: { file: 'binlog.000003', offset: 4 } }, { tls: true }),
  { do: 'switch-event-scheduler', on: false },
  pointAt({ by: 'mark', mark: 'handover' }, { withCredentials: false }),
];

const shown: readonly Action[] = [
  { do: 'end-writers', first: false, whom: 'all' },
  { do: 'mark-position', mark: 'final', reads: 'executed' },
  { do: 'mark-position', mark: 'handover', reads: 'own-binlog' },
  { do: 'mark-position', mark: 'applied', reads: 'applied' },
  { do: 'check-unmoved', mark: 'final', reads: 'executed' },
  { do: 'wait-for-mark', mark: 'final', of: 'db1:3306' },
  { do: 'wait-until-applied' },
  { do: 'enable-events', events: [eventNamed('tick')] },
  { do: 'verify-replicating', source: 'db2:3306' },
  {
    do: 'look-again',
    expect: { that: 'nothing-of-its-own', instance: 'db1:3306', master: 'db2:3306' },
  },
  pointAt(byGtid),
  pointAt({ by: 'mark', mark: 'handover' }),
];

test.each(releases)('%s: the statements of every action', (version) => {
  const server = serverOf(version);
  expect(actions.flatMap((it) => spell(it, server, secrets, marks))).toMatchSnapshot();
});

test.each(releases)('%s: what people are shown', (version) => {
  const server = serverOf(version);
  expect(shown.flatMap((it) => spellForDisplay(it, server))).toMatchSnapshot();
});

test('what is shown is what runs, but for the secrets', () => {
  for (const [version] of releases) {
    const server = serverOf(version);
    for (const action of actions.slice(0, -1)) {
      const shownSql = spellForDisplay(action, server, 'repl').join('\n');
      const run = spell(action, server, secrets, marks).join('\n');
      expect(shownSql).toBe(run.replace("'pa55'", "'***'"));
      expect(shownSql).not.toContain('pa55');
    }
  }
});

const gone84 = /\b(SLAVE|MASTER)\b|MASTER_/;

test.each(['8.4.6', '9.7.4-2', '26.7.0'])('%s: no word that the release has lost', (version) => {
  const server = serverOf(version);
  const all = [
    ...actions.flatMap((it) => spell(it, server, secrets, marks)),
    ...shown.flatMap((it) => spellForDisplay(it, server)),
  ];
  expect(all.filter((it) => gone84.test(it))).toEqual([]);
});

test('a server that never answered, and a step without SQL, show nothing', () => {
  expect(spellForDisplay({ do: 'set-read-only' }, undefined)).toEqual([]);
});

function named(version: string, ...names: readonly string[]): Server {
  return serverOf(version, { channels: names.map((name) => ({ ...channel, name })) });
}

test.each([
  {
    server: named('8.4.6', 'east'),
    says: ["STOP REPLICA IO_THREAD FOR CHANNEL 'east'", "RESET REPLICA ALL FOR CHANNEL 'east'"],
  },
  {
    server: named('8.4.6', 'east', 'west'),
    says: ["STOP REPLICA IO_THREAD FOR CHANNEL ''", "RESET REPLICA ALL FOR CHANNEL ''"],
  },
  {
    server: named('10.11.19-MariaDB', 'east'),
    says: ["STOP SLAVE 'east' IO_THREAD", "RESET SLAVE 'east' ALL"],
  },
  {
    server: named('10.11.19-MariaDB', '', 'east'),
    says: ["STOP SLAVE '' IO_THREAD", "RESET SLAVE '' ALL"],
  },
])('statements name the channel they are for, and no other: $says', ({ server, says }) => {
  const both = (['stop-receiver', 'forget-source'] as const).flatMap((it) =>
    spell({ do: it }, server, null, new Map()),
  );
  expect(both).toEqual(says);
});

test('a new source is named for the channel too', () => {
  const mysql = spell(pointAt(byGtid), named('8.4.6', 'east'), secrets, marks);
  expect(mysql).toEqual([
    expect.stringMatching(/^CHANGE REPLICATION SOURCE TO .* FOR CHANNEL 'east'$/),
  ]);
  const mariadb = spell(pointAt(byGtid), named('10.11.19-MariaDB', 'east'), secrets, marks);
  expect(mariadb).toEqual([expect.stringMatching(/^CHANGE MASTER 'east' TO MASTER_HOST/)]);
});

test.each([
  { method: 'gtid', says: true },
  { method: 'file', says: false },
] as const)('auto position is switched off only where it was on: $method', ({ method, says }) => {
  const server = serverOf('8.4.6', { channels: [{ ...channel, method }] });
  const place: Place = { by: 'file', at: { file: 'binlog.000003', offset: 4 } };
  const [sql = ''] = spell(pointAt(place), server, secrets, marks);
  expect(sql.includes('SOURCE_AUTO_POSITION = 0')).toBe(says);
});

test('values cannot break out of their quotes, in any SQL mode', () => {
  const hostile = { user: "o'brien", password: String.raw`a\'; DROP TABLE x; --` };
  expect(spell(pointAt(byGtid), serverOf('10.11.19-MariaDB'), hostile, marks)).toEqual([
    "SET SESSION sql_mode = ''",
    String.raw`CHANGE MASTER TO MASTER_HOST = 'db2', MASTER_PORT = 3306, MASTER_USER = 'o''brien', ` +
      String.raw`MASTER_PASSWORD = 'a\\''; DROP TABLE x; --', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos`,
  ]);
});

test('a password with control characters is refused without being shown', () => {
  const hostile = { user: 'repl', password: 'pa\n55' };
  const says = failureOf(() => spell(pointAt(byGtid), serverOf('8.4.6'), hostile, marks));
  expect(says).toContain('control characters');
  expect(says).not.toContain('55');
});

function failureOf(run: () => unknown): string {
  try {
    run();
    return 'nothing failed';
  } catch (error) {
    return String(error);
  }
}

test('what is missing is said', () => {
  const server = serverOf('8.4.6');
  expect(() => spell(pointAt(byGtid), server, null, marks)).toThrow(Unspellable);
  const place: Place = { by: 'mark', mark: 'nothing' };
  expect(() => spell(pointAt(place), server, secrets, marks)).toThrow('recorded as "nothing"');
});
