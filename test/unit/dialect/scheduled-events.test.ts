import { expect, test } from 'vitest';
import type { ScheduledEvent } from '../../../src/core/model/scheduled-events.ts';
import {
  canSpell,
  readScheduledEvents,
  spellEnableEvents,
} from '../../../src/dialect/scheduled-events.ts';
import { readVersion } from '../../../src/dialect/version.ts';

function row(name: string, status: string) {
  return {
    EVENT_SCHEMA: 'app',
    EVENT_NAME: name,
    EVENT_DEFINER: 'root@127.0.0.1',
    EVENT_STATUS: status,
    EVENT_CHARSET: 'latin1',
    EVENT_COLLATION: 'latin1_german2_ci',
  };
}

const tick: ScheduledEvent = {
  schema: 'app',
  name: 'tick',
  definer: 'root@127.0.0.1',
  charset: 'latin1',
  collation: 'latin1_german2_ci',
};

function rights(...held: readonly string[]) {
  const all = held.length === 0 ? 'USAGE' : held.join(', ');
  return [{ 'Grants for orc@client@%': `GRANT ${all} ON *.* TO \`orc@client\`@\`%\`` }];
}

test.each([
  { version: '10.11.19-MariaDB', status: 'SLAVESIDE_DISABLED' },
  { version: '9.7.4', status: 'REPLICA_SIDE_DISABLED' },
])('$version: enabled events and those of a replica are told apart', ({ version, status }) => {
  const rows = [row('tick', 'ENABLED'), row('tock', status)];
  const all = rights('EVENT', 'SUPER', 'SET_ANY_DEFINER', 'SYSTEM_USER', 'SYSTEM_VARIABLES_ADMIN');
  expect(readScheduledEvents(readVersion(version, ''), rows, all)).toEqual({
    enabled: [tick],
    asleep: [{ ...tick, name: 'tock' }],
    maySwitch: true,
    mayEnable: true,
    missingGrant: null,
  });
});

const nobody = { toSee: false, maySwitch: false, mayEnable: false };

test.each([
  { version: '10.11.19-MariaDB', held: [], ...nobody, grant: 'EVENT, SUPER' },
  {
    version: '10.11.19-MariaDB',
    held: ['EVENT', 'SET USER'],
    toSee: true,
    maySwitch: false,
    mayEnable: true,
    grant: 'SUPER',
  },
  { version: '11.8.6-MariaDB', held: [], ...nobody, grant: 'EVENT, SET USER, SUPER' },
  { version: '5.6.24', held: ['SUPER'], ...nobody, maySwitch: true, grant: 'EVENT' },
  {
    version: '8.0.26',
    held: ['SYSTEM_VARIABLES_ADMIN'],
    ...nobody,
    maySwitch: true,
    grant: 'EVENT, SET_USER_ID, SYSTEM_USER',
  },
  {
    version: '9.7.4',
    held: ['EVENT', 'SYSTEM_VARIABLES_ADMIN', 'SET_ANY_DEFINER'],
    toSee: true,
    maySwitch: true,
    mayEnable: true,
    grant: 'SYSTEM_USER',
  },
])('$version with $held lacks $grant', ({ version, held, toSee, maySwitch, mayEnable, grant }) => {
  const told = readScheduledEvents(readVersion(version, ''), [], rights(...held));
  expect(told).toEqual({
    enabled: toSee ? [] : null,
    asleep: toSee ? [] : null,
    maySwitch,
    mayEnable,
    missingGrant: `GRANT ${grant} ON *.* TO \`orc@client\`@\`%\``,
  });
});

test('where nobody could tell which rights there are, the server has the last word', () => {
  const told = readScheduledEvents(readVersion('9.7.4', ''), null, null);
  expect(told).toMatchObject({ enabled: null, maySwitch: true, mayEnable: true });
});

test('an event keeps whose it is and what it was written in', () => {
  const odd = { ...tick, schema: 'a`b', name: "it's", definer: "o'b@rien@%" };
  expect(spellEnableEvents([odd, { ...tick, definer: 'a role@' }])).toEqual([
    {
      event: odd,
      statements: [
        'SET SESSION character_set_client = latin1, collation_connection = latin1_german2_ci',
        "ALTER DEFINER = `o'b@rien`@`%` EVENT `a``b`.`it's` ENABLE",
      ],
    },
    {
      event: { ...tick, definer: 'a role@' },
      statements: [
        'SET SESSION character_set_client = latin1, collation_connection = latin1_german2_ci',
        'ALTER DEFINER = `a role` EVENT `app`.`tick` ENABLE',
      ],
    },
  ]);
});

test('a name that its own character set would garble is not written', () => {
  expect(canSpell(tick)).toBe(true);
  expect(canSpell({ ...tick, name: 'tägl' })).toBe(false);
  expect(canSpell({ ...tick, name: 'tägl', charset: 'utf8mb4' })).toBe(true);
  expect(() => spellEnableEvents([{ ...tick, charset: 'latin1; DROP' }])).toThrow(RangeError);
});
