import { answered } from '../core/model/instance.ts';
import type { Server } from '../core/model/instance.ts';
import { phrase } from '../core/model/phrase.ts';
import { replicasOf } from '../core/model/topology.ts';
import type { Member } from '../core/model/topology.ts';
import { activityOf, containerOfMember, containerWord } from './container-view.ts';
import { instanceState } from './instance-state.ts';
import type { CardContext } from './card-view.ts';
import { readerName } from './binlog-reader-name.ts';
import { roleWords } from './labels.ts';
import type { InstanceDetails, NamedValue, Tone } from './panel-state.ts';
import { sentences } from './sentences.ts';
import { statusViewOf } from './status-groups.ts';
import { span } from './time-words.ts';
import { spell, type Localizer } from './localizer.ts';

/** All that is known of one instance; of a silent one, what it last answered. */
export function detailsOf(member: Member, context: CardContext): InstanceDetails {
  const { words } = context;
  const server = answered(member) ?? member.lastAnswer?.server;
  return {
    key: member.key,
    overview: [
      ...identityRows(member, context),
      ...(server === undefined ? [] : serverRows(server, words)),
    ],
    status: (server?.channels ?? []).map((it) => statusViewOf(it, words)),
  };
}

function identityRows(member: Member, context: CardContext): readonly NamedValue[] {
  const { words, topology } = context;
  const state = instanceState(member, context, words);
  const replicas = replicasOf(topology, member.key).map((it) => it.key);
  return [
    row(words.t(sentences.nameInstance), member.key),
    row(words.t(sentences.nameRole), words.t(roleWords[member.role])),
    row(words.t(sentences.nameState), state.word, state.tone),
    ...(member.probe.kind === 'silent'
      ? [row(words.t(sentences.nameLastError), spell(member.probe.says, words), 'error')]
      : []),
    row(words.t(sentences.nameSource), member.source ?? words.t(sentences.none)),
    row(words.t(sentences.nameReplicas), listed(replicas, words)),
    ...readerRows(member, context),
    row(words.t(sentences.nameAddress), member.address),
    ...containerRows(member, context),
    ...(member.aliases.length === 0
      ? []
      : [row(words.t(sentences.nameAliases), listed(member.aliases, words))]),
  ];
}

function readerRows(
  { key }: Member,
  { topology: { readers = [] }, words }: CardContext,
): readonly NamedValue[] {
  const own = readers.filter((it) => it.source === key).map((it) => readerName(it, words));
  return own.length === 0 ? [] : [row(words.t(sentences.nameReaders), own.join(', '))];
}

function containerRows(member: Member, { containers, words }: CardContext): readonly NamedValue[] {
  const container = containerOfMember(member, containers);
  if (container === undefined) {
    return [];
  }
  const { name, image, project } = container;
  const value = [name, spell(containerWord(container), words), image, project];
  return [
    row(
      spell(phrase('Container'), words),
      value.filter((it) => it !== null).join(' · '),
      activityOf(container) === 'running' ? 'muted' : 'warning',
    ),
  ];
}

function serverRows(server: Server, words: Localizer): readonly NamedValue[] {
  const end = server.binlogEnd;
  return [
    row(words.t(sentences.nameVersion), server.version),
    row(words.t(sentences.nameReadOnly), readOnlyText(server, words)),
    row(words.t(sentences.nameServerId), String(server.serverId)),
    ...(server.serverUuid === null
      ? []
      : [row(words.t(sentences.nameServerUuid), server.serverUuid)]),
    ...gtidRows(server, words),
    row(
      words.t(sentences.nameBinlog),
      binlogText(server, words),
      server.binlog ? 'muted' : 'warning',
    ),
    ...(end === null
      ? []
      : [row(words.t(sentences.nameBinlogEnd), `${end.file}:${String(end.offset)}`)]),
    row(words.t(sentences.nameSemiSync), semiSyncText(server, words)),
    row(words.t(sentences.nameEventScheduler), onOff(server.eventScheduler, words)),
    row(words.t(sentences.nameUptime), span(server.uptimeSeconds, words)),
    ...(server.missing.length === 0
      ? []
      : [row(words.t(sentences.nameMissing), server.missing.join('; '), 'warning')]),
  ];
}

function gtidRows({ gtid }: Server, words: Localizer): readonly NamedValue[] {
  switch (gtid.kind) {
    case 'mysql':
      return [
        row(words.t(sentences.nameGtidExecuted), orNone(gtid.executed, words)),
        row(words.t(sentences.nameGtidPurged), orNone(gtid.purged, words)),
      ];
    case 'mariadb':
      return [
        row(words.t(sentences.nameGtidBinlog), orNone(gtid.binlogPos, words)),
        row(words.t(sentences.nameGtidApplied), orNone(gtid.slavePos, words)),
      ];
    case 'off':
      return [row(words.t(sentences.nameGtid), words.t(sentences.off))];
    default:
      return gtid satisfies never;
  }
}

function readOnlyText(server: Server, words: Localizer): string {
  const plain = onOff(server.readOnly, words);
  return server.superReadOnly === true ? `${plain} (super)` : plain;
}

function binlogText(server: Server, words: Localizer): string {
  if (!server.binlog) {
    return words.t(sentences.off);
  }
  const reach = server.logsReplicaUpdates ? sentences.logsReplicaUpdates : sentences.ownChangesOnly;
  return [server.binlogFormat ?? words.t(sentences.on), words.t(reach)].join(', ');
}

function semiSyncText({ semiSync }: Server, words: Localizer): string {
  const ends = [
    ...(semiSync.source?.enabled === true ? [words.t(sentences.asSource)] : []),
    ...(semiSync.replica?.enabled === true ? [words.t(sentences.asReplica)] : []),
  ];
  return ends.length === 0 ? words.t(sentences.off) : ends.join(', ');
}

function onOff(value: boolean, words: Localizer): string {
  return words.t(value ? sentences.on : sentences.off);
}

function orNone(text: string, words: Localizer): string {
  return text === '' ? words.t(sentences.none) : text;
}

function listed(names: readonly string[], words: Localizer): string {
  return names.length === 0 ? words.t(sentences.none) : names.join(', ');
}

function row(name: string, value: string, tone: Tone = 'muted'): NamedValue {
  return { name, value, tone };
}
