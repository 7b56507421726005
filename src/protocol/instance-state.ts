import type { ClusterState } from '../core/backend.ts';
import { alive, answered } from '../core/model/instance.ts';
import type { Channel, Server } from '../core/model/instance.ts';
import { memberOf } from '../core/model/topology.ts';
import type { Member, Role, Topology } from '../core/model/topology.ts';
import { activityOf, containerOfMember, containerWord } from './container-view.ts';
import { problemTitles, silenceWords } from './labels.ts';
import type { Tone } from './panel-state.ts';
import { sentences } from './sentences.ts';
import { spell, type Localizer } from './localizer.ts';

/** How an instance is, in one shape, one colour and a few words. */
export interface InstanceState {
  readonly tone: Tone;
  /** A codicon, without `codicon-`. */
  readonly icon: string;
  readonly word: string;
}

/** `containers`: by instance, as far as they are known. */
export interface StateGround extends Pick<ClusterState, 'topology' | 'findings'> {
  readonly containers?: ClusterState['containers'] | undefined;
}

const roleIcons: Record<Role, string> = {
  master: 'star-full',
  'co-master': 'star-half',
  intermediate: 'type-hierarchy-sub',
  replica: 'database',
  detached: 'circle-slash',
  'group-member': 'organization',
  unknown: 'question',
};

/** Reads the state from what the instance answered; a finding about it makes it graver, never milder. */
export function instanceState(
  member: Member,
  { topology, findings, containers }: StateGround,
  words: Localizer,
): InstanceState {
  const server = answered(member);
  if (server === undefined) {
    return silentState(member, containers, words);
  }
  const own = findings.filter((it) => it.instance === member.key && it.severity !== 'info');
  const lagging = own.some((it) => it.code === 'ReplicaLagging');
  const state = lostSource(member, server, topology)
    ? { tone: 'warning' as const, icon: 'sync', word: words.t(sentences.stateLostSource) }
    : answeredState(member, server, lagging, words);
  const [gravest] = own;
  if (state.tone !== 'ok' || gravest === undefined) {
    return state;
  }
  return {
    tone: gravest.severity,
    icon: gravest.severity === 'error' ? 'error' : 'warning',
    word: words.t(problemTitles[gravest.code]),
  };
}

/** A source that is gone explains a receiver that lost it: the trouble is the source's. */
function lostSource(member: Member, server: Server, topology: Topology): boolean {
  const source = memberOf(topology, member.source);
  const [channel] = server.channels;
  return (
    source?.probe.kind === 'silent' &&
    channel?.receiver === 'connecting' &&
    channel.applierError === null
  );
}

function silentState(
  member: Member,
  containers: ClusterState['containers'],
  words: Localizer,
): InstanceState {
  const container = containerOfMember(member, containers);
  if (container !== undefined && activityOf(container) !== 'running') {
    return { tone: 'error', icon: 'vm-outline', word: spell(containerWord(container), words) };
  }
  const reason = member.probe.kind === 'silent' ? member.probe.reason : 'timed-out';
  if (member.unheard === true) {
    return { tone: 'warning', icon: roleIcons.unknown, word: words.t(silenceWords[reason]) };
  }
  const lives = alive(member);
  return {
    tone: lives ? 'warning' : 'error',
    icon: lives ? 'warning' : 'debug-disconnect',
    word: words.t(silenceWords[reason]),
  };
}

function answeredState(
  member: Member,
  server: Server,
  lagging: boolean,
  words: Localizer,
): InstanceState {
  const trouble = server.channels
    .map((it) => channelTrouble(it, words))
    .find((it) => it !== undefined);
  if (trouble !== undefined) {
    return trouble;
  }
  if (lagging) {
    return { tone: 'warning', icon: 'clock', word: words.t(sentences.stateLagging) };
  }
  const word =
    server.channels.length > 0 ? sentences.stateReplicating : sourcelessWord(member, server);
  return {
    tone: member.role === 'detached' ? 'warning' : 'ok',
    icon: roleIcons[member.role],
    word: words.t(word),
  };
}

function sourcelessWord(member: Member, server: Server): string {
  if (member.role === 'replica' || member.role === 'detached') {
    return sentences.stateNoSource;
  }
  return server.readOnly ? sentences.stateReadOnly : sentences.stateWritable;
}

/** Undefined when the channel receives and applies. */
function channelTrouble(channel: Channel, words: Localizer): InstanceState | undefined {
  const fault = channel.receiverError ?? channel.applierError;
  if (fault !== null) {
    const sentence =
      channel.receiverError === null ? sentences.stateApplierError : sentences.stateReceiverError;
    return { tone: 'error', icon: 'error', word: words.t(sentence, { code: fault.code }) };
  }
  if (channel.receiver === 'connecting') {
    return { tone: 'warning', icon: 'sync', word: words.t(sentences.stateConnecting) };
  }
  const sentence = stoppedSentence(channel);
  return sentence === undefined
    ? undefined
    : { tone: 'warning', icon: 'debug-pause', word: words.t(sentence) };
}

function stoppedSentence({ receiver, applier }: Channel): string | undefined {
  if (receiver === 'no' && applier === 'no') {
    return sentences.stateStopped;
  }
  if (receiver === 'no') {
    return sentences.stateReceiverStopped;
  }
  return applier === 'no' ? sentences.stateApplierStopped : undefined;
}
