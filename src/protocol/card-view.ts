import type { ClusterState } from '../core/backend.ts';
import type { Finding } from '../core/model/finding.ts';
import { knownUserRefusedBy } from '../core/model/refused-login.ts';
import { answered } from '../core/model/instance.ts';
import type { Channel, Server } from '../core/model/instance.ts';
import type { Member, Topology } from '../core/model/topology.ts';
import { activityOf, containerLines, containerOfMember } from './container-view.ts';
import { instanceState } from './instance-state.ts';
import type { InstanceState } from './instance-state.ts';
import { roleWords } from './labels.ts';
import type { Badge, CardView } from './panel-state.ts';
import { sentences } from './sentences.ts';
import { ago, span } from './time-words.ts';
import type { TreePlace } from './tree-order.ts';
import { spell, type Localizer } from './localizer.ts';

export interface CardContext {
  readonly topology: Topology;
  readonly findings: readonly Finding[];
  readonly containers?: ClusterState['containers'] | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly words: Localizer;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function cardOf(place: TreePlace, context: CardContext): CardView {
  const { member, parent, level } = place;
  const { words, labels } = context;
  const server = answered(member);
  const known = server ?? member.lastAnswer?.server;
  const state = instanceState(member, context, words);
  const lagText = server === undefined ? null : lagOf(server, words);
  const label = labels.get(member.key) ?? member.key;
  const roleWord = words.t(roleWords[member.role]);
  return {
    key: member.key,
    label,
    role: member.role,
    roleWord,
    tone: state.tone,
    icon: state.icon,
    stateWord: state.word,
    description: descriptionOf(member, state, lagText, context),
    badges: server === undefined ? [] : badgesOf(member, server, words),
    lagText,
    version: known === undefined ? '' : versionOf(known),
    tooltip: tooltipOf(member, state, lagText, context),
    ghost: server === undefined,
    ...containerPart(member, context),
    parent,
    level,
    ...possible(member, context),
    obstacle: obstacleOf(member),
    spoken: [label, roleWord, state.word, lagText].filter((it) => it !== null).join(', '),
  };
}

/** Nothing where it runs in no container that we know. */
function containerPart(member: Member, { containers }: CardContext): Pick<CardView, 'container'> {
  const container = containerOfMember(member, containers);
  if (container === undefined) {
    return {};
  }
  const { name, project } = container;
  return { container: { name, activity: activityOf(container), project } };
}

/** A user that is there, with an expired password or a locked account, need not be created. */
function obstacleOf({ probe }: Member): CardView['obstacle'] {
  if (probe.kind !== 'silent') return null;
  if (probe.reason === 'unknown-host') return 'name-unresolved';
  if (probe.reason === 'key-changed') return 'key-changed';
  const isMissing = probe.reason === 'denied' && knownUserRefusedBy(probe.errno) === undefined;
  return isMissing ? 'user-refused' : null;
}

function possible(
  member: Member,
  { topology, findings }: CardContext,
): { readonly canPromote: boolean; readonly canRejoin: boolean } {
  const server = answered(member);
  const isMaster = member.key === topology.master;
  if (server === undefined || isMaster || member.inGroup === true) {
    return { canPromote: false, canRejoin: false };
  }
  const called = findings.some((it) => it.code === 'NeedsRejoin' && it.instance === member.key);
  const canRejoin = topology.master !== null && (called || server.channels.length === 0);
  return { canPromote: server.channels.length > 0, canRejoin };
}

function lagOf(server: Server, words: Localizer): string | null {
  const [channel] = server.channels;
  if (channel === undefined) {
    return null;
  }
  if (server.channels.some((it) => it.receiver !== 'yes' || it.applier !== 'yes')) {
    return null;
  }
  const known = server.channels.map((it) => it.lagSeconds).filter((it) => it !== null);
  if (known.length < server.channels.length) {
    return words.t(sentences.lagUnknown);
  }
  const worst = Math.max(...known);
  return worst === 0 ? words.t(sentences.noLag) : words.t(sentences.lag, { count: worst });
}

/**
 * Before that the time since an answer is not told, since a row that changes every second is drawn anew every second: the
 * editor then forgets, for a moment, which rows stand below it, and an open menu of one of them no longer knows its server.
 */
const toldAfterMs = 120_000;

function descriptionOf(
  member: Member,
  state: InstanceState,
  lagText: string | null,
  { words, now }: CardContext,
): string {
  const server = answered(member);
  if (server === undefined) {
    const sinceMs = member.lastAnswer === null ? 0 : now - member.lastAnswer.at;
    const seen = sinceMs < toldAfterMs ? '' : ago(sinceMs, words);
    return [state.word, seen].filter((it) => it !== '').join(' · ');
  }
  const writable = server.readOnly ? 'RO' : 'RW';
  if (state.tone !== 'ok' && state.icon !== 'clock') {
    return `${state.word} · ${writable}`;
  }
  return `${lagText ?? release(server)} · ${writable}`;
}

function semiSyncBadge({ semiSync }: Server, words: Localizer): Badge | null {
  return [semiSync.source, semiSync.replica].some((it) => it?.enabled === true)
    ? { text: 'SEMI', title: words.t(sentences.badgeSemiSync), tone: 'muted' }
    : null;
}

function badgesOf(member: Member, server: Server, words: Localizer): readonly Badge[] {
  const [channel] = server.channels;
  const gtid = channel === undefined ? server.gtid.kind !== 'off' : channel.method === 'gtid';
  const badges: readonly (Badge | null)[] = [
    writeBadge(member, server, words),
    channel === undefined && !gtid
      ? null
      : {
          text: gtid ? 'GTID' : 'FILE',
          title: words.t(gtid ? sentences.badgeGtid : sentences.badgeFile),
          tone: 'muted',
        },
    semiSyncBadge(server, words),
    delayBadge(channel, words),
    server.binlog
      ? null
      : { text: 'NO LOG', title: words.t(sentences.badgeNoBinlog), tone: 'warning' },
  ];
  return badges.filter((it) => it !== null).slice(0, 4);
}

function writeBadge(member: Member, server: Server, words: Localizer): Badge {
  if (server.readOnly) {
    return { text: 'RO', title: words.t(sentences.badgeReadOnly), tone: 'muted' };
  }
  const expected = member.role === 'master' || member.role === 'co-master';
  return {
    text: 'RW',
    title: words.t(sentences.badgeWritable),
    tone: expected ? 'ok' : 'warning',
  };
}

function delayBadge(channel: Channel | undefined, words: Localizer): Badge | null {
  if (channel === undefined || channel.delaySeconds === 0) {
    return null;
  }
  const title = words.t(sentences.badgeDelayed, { count: channel.delaySeconds });
  return { text: `-${String(channel.delaySeconds)}s`, title, tone: 'muted' };
}

function tooltipOf(
  member: Member,
  state: InstanceState,
  lagText: string | null,
  { words, now, containers }: CardContext,
): readonly string[] {
  const server = answered(member) ?? member.lastAnswer?.server;
  const container = containerOfMember(member, containers);
  const lines: readonly (string | null)[] = [
    member.key,
    `${words.t(roleWords[member.role])} · ${state.word}`,
    lagText,
    member.source === null ? null : words.t(sentences.tooltipSource, { source: member.source }),
    member.address === member.key
      ? null
      : words.t(sentences.tooltipAddress, { address: member.address }),
    server === undefined ? null : words.t(sentences.tooltipVersion, { version: server.version }),
    uptimeOf(member, words),
    seenOf(member, words, now),
    member.probe.kind === 'silent' ? spell(member.probe.says, words) : null,
    ...faultsOf(server),
    ...(container === undefined ? [] : containerLines(container, words)),
  ];
  return lines.filter((it) => it !== null);
}

function uptimeOf(member: Member, words: Localizer): string | null {
  const server = answered(member);
  return server === undefined
    ? null
    : words.t(sentences.tooltipUptime, { time: span(server.uptimeSeconds, words) });
}

function seenOf(member: Member, words: Localizer, now: number): string | null {
  if (member.probe.kind === 'answered') {
    return null;
  }
  return member.lastAnswer === null
    ? words.t(sentences.neverAnswered)
    : words.t(sentences.lastAnswered, { time: ago(now - member.lastAnswer.at, words) });
}

function faultsOf(server: Server | undefined): readonly string[] {
  return (server?.channels ?? [])
    .flatMap((it) => [it.receiverError, it.applierError])
    .filter((it) => it !== null)
    .map((it) => `${String(it.code)}: ${it.message}`);
}

function versionOf(server: Server): string {
  const name = `${server.flavor === 'mariadb' ? 'MariaDB' : 'MySQL'} ${release(server)}`;
  return server.binlogFormat === null ? name : `${name} · ${server.binlogFormat}`;
}

function release(server: Server): string {
  return server.release.join('.');
}
