import type { ClusterState } from '../../core/backend.ts';
import type { Finding } from '../../core/model/finding.ts';
import { inEnglish } from '../../core/model/phrase.ts';
import type { GtidState } from '../../core/model/gtid-state.ts';
import { alive, answered } from '../../core/model/instance.ts';
import type { Channel, Flavor, InstanceKey, Server } from '../../core/model/instance.ts';
import type { BinlogReader, Member, Outsider, Role } from '../../core/model/topology.ts';

/** One finding, for scripts. */
export interface FindingJson extends Pick<
  Finding,
  'code' | 'severity' | 'instance' | 'says' | 'advice'
> {
  readonly evidence: readonly string[];
}

export interface ReplicationJson {
  readonly receiver: Channel['receiver'];
  readonly applier: Channel['applier'];
  readonly lagSeconds: number | null;
  readonly lastError: {
    readonly thread: 'receiver' | 'applier';
    readonly code: number;
    readonly message: string;
  } | null;
  /** The row of the status statement, as the server gave it. */
  readonly raw: Channel['raw'];
}

/** What is null was not told by the server in this round; version and flavor are kept from its last answer. */
export interface InstanceJson {
  readonly instance: InstanceKey;
  readonly address: string;
  readonly alive: boolean;
  readonly role: Role;
  readonly source: InstanceKey | null;
  readonly version: string | null;
  readonly flavor: Flavor | null;
  readonly readOnly: boolean | null;
  readonly superReadOnly: boolean | null;
  readonly gtid: GtidState | null;
  /** Of the first channel; null where it reads from nobody. */
  readonly replication: ReplicationJson | null;
  /** Codes of the findings at this instance. */
  readonly findings: readonly string[];
}

/** Named by members, and not part of the cluster. */
export interface OutsiderJson {
  readonly instance: InstanceKey;
  readonly namedBy: readonly InstanceKey[];
  readonly why: Outsider['why'];
}

export interface ClusterJson {
  readonly id: string;
  readonly master: InstanceKey | null;
  readonly instances: readonly InstanceJson[];
  readonly outsiders: readonly OutsiderJson[];
  /** Programs that read a binary log and are no replicas; absent where there is none. */
  readonly readers?: readonly BinlogReader[];
  readonly findings: readonly FindingJson[];
}

/** One cluster of `topology --json`. Its shape is a contract. */
export function clusterJson({ topology, findings }: ClusterState): ClusterJson {
  return {
    id: topology.cluster,
    master: topology.master,
    instances: topology.members.map((it) => instanceJson(it, findings)),
    outsiders: (topology.outsiders ?? []).map(outsiderJson),
    ...(topology.readers === undefined ? {} : { readers: topology.readers }),
    findings: findings.map(findingJson),
  };
}

export function outsiderJson({ key, namedBy, why }: Outsider): OutsiderJson {
  return { instance: key, namedBy, why };
}

export function findingJson({
  code,
  severity,
  instance,
  says,
  evidence,
  advice,
}: Finding): FindingJson {
  return { code, severity, instance, says, evidence: evidence.map(inEnglish), advice };
}

function instanceJson(member: Member, findings: readonly Finding[]): InstanceJson {
  const server = answered(member);
  const known = server ?? member.lastAnswer?.server;
  return {
    instance: member.key,
    address: member.address,
    alive: alive(member),
    role: member.role,
    source: member.source,
    version: known?.version ?? null,
    flavor: known?.flavor ?? null,
    ...stateJson(server),
    findings: findings.filter((it) => it.instance === member.key).map((it) => it.code),
  };
}

type StateJson = Pick<InstanceJson, 'readOnly' | 'superReadOnly' | 'gtid' | 'replication'>;

function stateJson(server: Server | undefined): StateJson {
  if (!server) return { readOnly: null, superReadOnly: null, gtid: null, replication: null };
  const { readOnly, superReadOnly, gtid, channels } = server;
  const replication = channels[0] ? replicationJson(channels[0]) : null;
  return { readOnly, superReadOnly, gtid, replication };
}

function replicationJson(channel: Channel): ReplicationJson {
  const { receiver, applier, lagSeconds, raw } = channel;
  return { receiver, applier, lagSeconds, lastError: lastError(channel), raw };
}

function lastError({ applierError, receiverError }: Channel): ReplicationJson['lastError'] {
  if (applierError)
    return { thread: 'applier', code: applierError.code, message: applierError.message };
  return receiverError
    ? { thread: 'receiver', code: receiverError.code, message: receiverError.message }
    : null;
}
