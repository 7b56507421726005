import { freePorts } from '../../../src/adapters/lab/free-ports.ts';
import { testUsers } from '../../servers/test-cluster.ts';
import type { TestMember } from '../../servers/test-member.ts';

const name = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const online =
  "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE MEMBER_STATE = 'ONLINE'";

/** Options of every server of a cluster of which some become a group; only those begin it. */
export const groupOptions = {
  'plugin-load-add': 'group_replication.so',
  'loose-group_replication_group_name': name,
  // A member that died is gone at once.
  'loose-group_replication_member_expel_timeout': '0',
};

/** Makes a single-primary group of MySQL servers that replicated otherwise; the first is its primary. */
export async function formGroup(members: readonly TestMember[]): Promise<void> {
  const ports = await freePorts(members.length);
  const places = ports.map((it) => `127.0.0.1:${String(it)}`);
  const { user, password } = testUsers.replication;
  await Promise.all(
    members.map((it, place) =>
      it.sql(
        'STOP REPLICA',
        'RESET REPLICA ALL',
        `SET GLOBAL group_replication_local_address = '${places[place] ?? ''}'`,
        `SET GLOBAL group_replication_group_seeds = '${places.join(',')}'`,
        'SET GLOBAL group_replication_recovery_get_public_key = ON',
        `CHANGE REPLICATION SOURCE TO SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}' FOR CHANNEL 'group_replication_recovery'`,
      ),
    ),
  );
  const [first, ...others] = members;
  await first?.sql(
    'SET GLOBAL group_replication_bootstrap_group = ON',
    'START GROUP_REPLICATION',
    'SET GLOBAL group_replication_bootstrap_group = OFF',
  );
  await Promise.all(others.map((it) => it.sql('START GROUP_REPLICATION')));
  await first?.untilValue(online, String(members.length), 60_000);
}
