import { plain } from '../../../src/core/model/phrase.ts';
import type { ClusterState } from '../../../src/core/backend.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Instance, InstanceKey } from '../../../src/core/model/instance.ts';
import type { Member, Role, Topology } from '../../../src/core/model/topology.ts';
import { channelFrom, instanceOf, mariadbServer, silentInstance } from './servers.ts';

export function memberAs(role: Role, source: InstanceKey | null, instance: Instance): Member {
  return { ...instance, role, source };
}

export function masterMember(key: InstanceKey): Member {
  return memberAs('master', null, instanceOf(key, mariadbServer(key)));
}

export function replicaMember(
  key: InstanceKey,
  source: InstanceKey,
  lagSeconds: number | null = 0,
): Member {
  const channels = [
    channelFrom(source, {
      lagSeconds,
      raw: {
        Slave_IO_Running: 'Yes',
        Seconds_Behind_Master: lagSeconds === null ? null : String(lagSeconds),
      },
    }),
  ];
  return memberAs(
    'replica',
    source,
    instanceOf(key, mariadbServer(key, { readOnly: true, channels })),
  );
}

export function deadMaster(key: InstanceKey): Member {
  return memberAs('master', null, silentInstance(key, mariadbServer(key)));
}

export function topologyOf(cluster: string, members: readonly Member[]): Topology {
  const master = members.find((it) => it.role === 'master')?.key ?? null;
  return { cluster, at: 1, master, members };
}

export function stateOf(topology: Topology, findings: readonly Finding[] = []): ClusterState {
  return { topology, findings, running: null, recoveries: [] };
}

export function findingAt(instance: InstanceKey, code: Finding['code'] = 'DeadMaster'): Finding {
  return {
    code,
    severity: 'error',
    instance,
    says: `${instance} is dead.`,
    evidence: [plain(`${instance} refuses connections.`)],
    advice: 'Promote a replica.',
    facts: {},
  };
}

/** A master and two replicas, all well. */
export function healthyState(cluster: string): ClusterState {
  const members = [
    masterMember('db1:3306'),
    replicaMember('db2:3306', 'db1:3306'),
    replicaMember('db3:3306', 'db1:3306'),
  ];
  return stateOf(topologyOf(cluster, members));
}

export function silentState(cluster: string): ClusterState {
  return stateOf(topologyOf(cluster, [deadMaster('db1:3306')]), [
    findingAt('db1:3306', 'NothingReachable'),
  ]);
}
