import type { Group } from '../core/model/group.ts';
import { keyOf, type InstanceKey } from '../core/model/instance.ts';
import { columnsOf, isOn, type Columns, type Row } from './answer.ts';

/** Which group a server belongs to; absent where its plug-in is not loaded. */
export const groupVariables = [
  'group_replication_group_name',
  'wsrep_on',
  'wsrep_cluster_name',
] as const;

/** How it stands in the group. From MySQL 8.1 on a member tells when it last agreed with the others. */
export const groupStatus = [
  'Gr_last_consensus_end_timestamp',
  'wsrep_cluster_status',
  'wsrep_local_state_comment',
  'wsrep_incoming_addresses',
] as const;

/** Needs SELECT on the table; all that protects a member is known without it. */
export const groupMembersSql =
  'SELECT MEMBER_ID, MEMBER_HOST, MEMBER_PORT, MEMBER_STATE, MEMBER_ROLE FROM performance_schema.replication_group_members';

export function namesGroup(variables: Columns): boolean {
  return (variables.optionalText('group_replication_group_name') ?? '') !== '';
}

/** What else is known of a server. */
interface Standing {
  readonly readOnly: boolean;
  readonly follows: boolean;
}

/**
 * `rows`: of `groupMembersSql`; null where our user may not see them, or nobody asked. `follows`: it reads from a source.
 * A replica that only has the plug-in loaded is no member; where nothing tells, it counts as one, for nothing is changed
 * on a member.
 */
export function readGroup(
  variables: Columns,
  status: Columns,
  rows: readonly Row[] | null,
  server: Standing,
): Group | undefined {
  return (
    readGalera(variables, status, server.readOnly) ??
    readMysqlGroup(variables, status, rows, server)
  );
}

function readMysqlGroup(
  variables: Columns,
  status: Columns,
  rows: readonly Row[] | null,
  server: Standing,
): Group | undefined {
  const name = variables.optionalText('group_replication_group_name') ?? '';
  if (name === '') {
    return undefined;
  }
  return rows === null
    ? hiddenGroup(name, status, server)
    : shownGroup(name, rows, { ...server, uuid: variables.optionalText('server_uuid') });
}

/** Empty: it never agreed with anybody since its start. Absent: a release before 8.1, which does not tell. */
function hiddenGroup(name: string, status: Columns, server: Standing): Group | undefined {
  const consensus = status.optionalText('Gr_last_consensus_end_timestamp');
  return consensus === '' && server.follows
    ? undefined
    : { kind: 'group-replication', name, state: null, primary: !server.readOnly, members: [] };
}

function shownGroup(
  name: string,
  rows: readonly Row[],
  { follows, uuid }: Standing & { readonly uuid: string | null },
): Group | undefined {
  const members = rows.map((it) => columnsOf(it, groupMembersSql));
  const id = uuid?.toLowerCase();
  const own = members.find((it) => it.optionalText('MEMBER_ID')?.toLowerCase() === id);
  const state = own?.optionalText('MEMBER_STATE') ?? 'OFFLINE';
  return state === 'OFFLINE' && follows
    ? undefined
    : {
        kind: 'group-replication',
        name,
        state,
        primary: state === 'ONLINE' && own?.optionalText('MEMBER_ROLE') === 'PRIMARY',
        members: members.flatMap(nameOf),
      };
}

function nameOf(member: Columns): readonly InstanceKey[] {
  const host = member.optionalText('MEMBER_HOST') ?? '';
  const port = member.optionalWhole('MEMBER_PORT');
  return host === '' || port === null ? [] : [keyOf(host, port)];
}

/** MariaDB has the variables in every build; `wsrep_on` says whether they mean anything. */
function readGalera(variables: Columns, status: Columns, readOnly: boolean): Group | undefined {
  const on = variables.optionalText('wsrep_on');
  // A provider that is not loaded leaves `wsrep_on` ON on Percona XtraDB Cluster, and the state empty.
  const state = status.optionalText('wsrep_local_state_comment') ?? '';
  if (on === null || !isOn(on, 'wsrep_on') || state === '') {
    return undefined;
  }
  const addresses = (status.optionalText('wsrep_incoming_addresses') ?? '').split(',');
  return {
    kind: 'galera',
    name: variables.optionalText('wsrep_cluster_name') ?? '',
    state,
    primary: status.optionalText('wsrep_cluster_status') === 'Primary' && !readOnly,
    members: addresses.map((it) => it.trim()).filter((it) => /^[^\s:]+:[1-9]\d{0,4}$/.test(it)),
  };
}
