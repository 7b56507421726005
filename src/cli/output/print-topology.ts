import { answered, type Channel, type Instance, type Server } from '../../core/model/instance.ts';
import { isToConfirm, replicasOf, type Member, type Topology } from '../../core/model/topology.ts';
import { readerName } from '../../protocol/binlog-reader-name.ts';
import { english } from '../../protocol/localizer.ts';
import type { Paint } from './paint.ts';

interface Row {
  readonly name: string;
  readonly member: Member;
}

/** The tree as Orchestrator prints it, one line per instance, the brackets aligned. */
export function topologyLines(
  topology: Topology,
  reasonableLagSeconds: number,
  paint: Paint,
): readonly string[] {
  const rows = rowsOf(topology);
  const width = Math.max(0, ...rows.map((row) => row.name.length));
  return rows.map(({ name, member }) => {
    const padding = ' '.repeat(width - name.length);
    return `${name}${padding} [${tokensOf(member, reasonableLagSeconds, paint).join(',')}]`;
  });
}

/** Who is named and not part of the cluster, with the command that makes it one. */
export function outsiderLines({ cluster, outsiders = [] }: Topology): readonly string[] {
  return outsiders
    .filter((it) => it.why !== 'ignored')
    .map((it) => {
      const { key, namedBy } = it;
      const named = namedBy.length === 0 ? '' : `, named by ${namedBy.join(', ')}`;
      if (!isToConfirm(it)) return `${key} is outside the cluster${named}`;
      return `${key} is not confirmed${named}: switchover members ${inShell(cluster)} --confirm ${inShell(key)}`;
    });
}

/** Who reads a binary log and is no replica. */
export function readerLines({ readers = [] }: Topology): readonly string[] {
  return readers.map(
    (it) => `${readerName(it, english)} reads the binary log of ${it.source} and is not a replica`,
  );
}

/** A name comes from a server: as one word of a command it means nothing else. */
function inShell(word: string): string {
  return /^[\w.:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Depth first from the roots, each instance once, whatever circles there are. */
function rowsOf(topology: Topology): readonly Row[] {
  const seen = new Set<string>();
  const rows: Row[] = [];
  const descend = (member: Member, depth: number): void => {
    if (seen.has(member.key)) return;
    seen.add(member.key);
    rows.push({ name: indented(member, depth), member });
    for (const replica of replicasOf(topology, member.key)) descend(replica, depth + 1);
  };
  for (const root of rootsOf(topology)) descend(root, 0);
  return rows;
}

/** The master first, then who reads from nobody known, then whoever is left: circles. */
function rootsOf({ members, master }: Topology): readonly Member[] {
  const known = new Set(members.map((it) => it.key));
  const first = members.filter((it) => it.key === master);
  const others = members.filter((it) => it.source === null || !known.has(it.source));
  return [...first, ...others, ...members];
}

/** `+` replicates, `-` does not, as Orchestrator marks it. */
function indented(member: Member, depth: number): string {
  if (depth === 0) return member.key;
  return `${'  '.repeat(depth - 1)}${replicates(answered(member)) ? '+' : '-'} ${member.key}`;
}

function tokensOf(member: Member, reasonableLagSeconds: number, paint: Paint): readonly string[] {
  const now = answered(member);
  const server = now ?? member.lastAnswer?.server;
  return [
    lagOf(now),
    statusOf(member, reasonableLagSeconds, paint),
    ...(server ? describe(server) : []),
    ...(member.probe.kind === 'silent' ? [member.probe.reason] : []),
  ];
}

function describe(server: Server): readonly string[] {
  const version = server.release.join('.') + (server.flavor === 'mariadb' ? '-MariaDB' : '');
  return [
    version,
    server.readOnly ? 'ro' : 'rw',
    server.binlog ? (server.binlogFormat ?? 'binlog') : 'nobinlog',
    ...(server.logsReplicaUpdates ? ['>>'] : []),
    ...(usesGtid(server) ? ['GTID'] : []),
  ];
}

/** A replica uses what its channel uses; a master, what it offers. */
function usesGtid(server: Server): boolean {
  const channel = server.channels[0];
  if (channel) return channel.method === 'gtid';
  return server.gtid.kind !== 'off';
}

function lagOf(server: Server | undefined): string {
  if (!server) return 'unknown';
  const channel = server.channels[0];
  if (!channel) return '0s';
  return channel.lagSeconds === null ? 'null' : `${String(channel.lagSeconds)}s`;
}

function statusOf(instance: Instance, reasonableLagSeconds: number, paint: Paint): string {
  const server = answered(instance);
  if (instance.unheard) return paint('yellow', 'unreached');
  if (!server) return paint('red', 'invalid');
  if (server.channels.length > 0 && !replicates(server)) return paint('red', 'nonreplicating');
  const late = server.channels.some((it) => lagBeyondDelay(it) > reasonableLagSeconds);
  return late ? paint('yellow', 'lag') : paint('green', 'ok');
}

function lagBeyondDelay(channel: Channel): number {
  return (channel.lagSeconds ?? 0) - channel.delaySeconds;
}

function replicates(server: Server | undefined): boolean {
  if (!server || server.channels.length === 0) return false;
  return server.channels.every((it) => it.receiver === 'yes' && it.applier === 'yes');
}
