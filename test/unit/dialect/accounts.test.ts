import { expect, test } from 'vitest';
import {
  accountQuery,
  missingRightsQuery,
  ownMissingGrantQuery,
  showAccountAction,
  spellCreateUser,
} from '../../../src/dialect/accounts.ts';
import { privilegesFor } from '../../../src/dialect/least-rights.ts';
import { newPassword } from '../../../src/adapters/mysql/native-hash.ts';
import { releases, serverOf } from './servers.ts';

const user = { name: 'orc_client_user', host: '172.%', task: 'observe' } as const;
const onMaster = { do: 'create-user', user, how: 'create', alone: false } as const;
/** SELECT PASSWORD('pa''55') of MariaDB. */
const hashed = "'*8E04AF801D3F1650A0790548954EB78531F1C825'";
const alone = { ...onMaster, alone: true } as const;

test.each(releases)('%s: what is shown is what runs, but for the password', (version) => {
  const server = serverOf(version, { superReadOnly: version.startsWith('9') ? true : null });
  for (const action of [onMaster, alone, { ...onMaster, how: 'alter' } as const]) {
    const { before, make, after, restore } = spellCreateUser(action, server, newPassword("pa'55"));
    const run = [...before, ...make, ...after, ...restore].join('\n');
    const secret = server.flavor === 'mariadb' ? hashed : "'pa''55'";
    expect(run).toContain(secret);
    expect(showAccountAction(action, server).join('\n')).toBe(run.replaceAll(secret, "'***'"));
  }
});

test('on a replica that takes no writes at all, it is made outside the binary log, and all is as before', () => {
  const server = serverOf('9.7.4-2', { superReadOnly: true });
  expect(showAccountAction(alone, server)).toEqual([
    'SET GLOBAL super_read_only = OFF',
    'SET SESSION sql_log_bin = 0',
    "CREATE USER IF NOT EXISTS 'orc_client_user'@'172.%' IDENTIFIED BY '***'",
    "GRANT REPLICATION CLIENT, REPLICATION SLAVE, PROCESS ON *.* TO 'orc_client_user'@'172.%'",
    'SET SESSION sql_log_bin = 1',
    'SET GLOBAL super_read_only = ON',
  ]);
});

test('old releases get the statement that does no harm when it is replicated', () => {
  expect(showAccountAction(onMaster, serverOf('5.6.24-log'))[0]).toBe(
    "GRANT USAGE ON *.* TO 'orc_client_user'@'172.%' IDENTIFIED BY '***'",
  );
});

test('MariaDB logs what it is told: it is told the hash, unless a plug-in must see the password', () => {
  const checking = serverOf('11.8.6-MariaDB', { refusesPasswordHashes: true });
  for (const version of ['10.1.48-MariaDB', '10.11.19-MariaDB', '11.8.6-MariaDB']) {
    const { make } = spellCreateUser(onMaster, serverOf(version), newPassword("pa'55"));
    expect(make[0]).toContain(`IDENTIFIED VIA mysql_native_password USING ${hashed}`);
    expect(make.join()).not.toContain('55');
  }
  expect(spellCreateUser(onMaster, checking, newPassword('pa55')).make[0]).toContain(
    "IDENTIFIED BY 'pa55'",
  );
  // The hash of nothing is no password that anybody has.
  expect(newPassword('')).toEqual({ text: '', nativeHash: null });
});

test('a password anew comes also to a replica that lacks the account', () => {
  const { make } = spellCreateUser(
    { ...onMaster, how: 'alter' },
    serverOf('9.7.4-2'),
    newPassword('pa55'),
  );
  expect(make.slice(0, 2)).toEqual([
    "CREATE USER IF NOT EXISTS 'orc_client_user'@'172.%' IDENTIFIED BY 'pa55'",
    "ALTER USER 'orc_client_user'@'172.%' IDENTIFIED BY 'pa55'",
  ]);
});

test('names and passwords with quotes and backslashes stay text, whatever the SQL mode', () => {
  const odd = { ...onMaster, user: { ...user, name: "o'brien" } };
  const { before, make } = spellCreateUser(odd, serverOf('8.4.6'), newPassword('a\\b'));
  expect(before).toEqual(["SET SESSION sql_mode = ''"]);
  expect(make[0]).toBe("CREATE USER IF NOT EXISTS 'o''brien'@'172.%' IDENTIFIED BY 'a\\\\b'");
  expect(() => spellCreateUser(onMaster, serverOf('8.4.6'), newPassword('a\nb'))).toThrow(
    /control/,
  );
});

test('what an account lacks', () => {
  const server = serverOf('8.4.6');
  const all = privilegesFor('observe', server);
  const { parse } = missingRightsQuery(user, server);
  expect(parse(grants('GRANT USAGE ON *.* TO `orc_client_user`@`172.%`'))).toEqual(all);
  expect(parse(grants(`GRANT ${all.join(', ')} ON *.* TO \`orc_client_user\`@\`172.%\``))).toEqual(
    [],
  );
  expect(accountQuery(user).parse([{ found: '1' }])).toBe(true);
  expect(accountQuery(user).parse([{ found: 0 }])).toBe(false);
});

function grants(...rows: readonly string[]) {
  return rows.map((it) => ({ 'Grants for orc': it }));
}

test('what our own account lacks is told as the statement that gives it', () => {
  const { parse } = ownMissingGrantQuery('observe', serverOf('8.4.6'));
  expect(parse(grants('GRANT PROCESS ON *.* TO `orc`@`172.%`'))).toBe(
    'GRANT REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO `orc`@`172.%`;',
  );
  const all = 'GRANT PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `orc`@`%`';
  expect(parse(grants(all))).toBeNull();
});

test('rights that come by an active role are not missing', () => {
  // As MariaDB 10.11 shows them: those of the role in rows of its own.
  const { parse } = ownMissingGrantQuery('observe', serverOf('10.11.19-MariaDB'));
  const rows = [
    'GRANT `r_outer` TO `orc`@`%`',
    "GRANT SELECT ON *.* TO `orc`@`%` IDENTIFIED BY PASSWORD '*D7780B'",
    'GRANT `r_inner` TO `r_outer`',
    'GRANT USAGE ON *.* TO `r_outer`',
    `GRANT ${privilegesFor('observe', serverOf('10.11.19-MariaDB')).join(', ')} ON *.* TO \`r_inner\``,
    'SET DEFAULT ROLE `r_outer` FOR `orc`@`%`',
  ];
  expect(parse(grants(...rows))).toBeNull();
  expect(parse(grants(...rows.slice(0, 3)))).toContain('TO `orc`@`%`;');
});
