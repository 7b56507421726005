import type { ClusterState } from '../../core/backend.ts';
import type { PlanKind } from '../../core/model/plan.ts';
import {
  isPromotion,
  type Recovery,
  type RecoveryState,
  type StepRecord,
} from '../../core/model/recovery.ts';
import type { Detection } from '../../core/model/watch.ts';
import { findingText } from '../../protocol/banner-view.ts';
import { problemTitles } from '../../protocol/labels.ts';
import { needsAcknowledgement } from '../../protocol/recovery-now.ts';
import { shortLabels } from '../../protocol/short-labels.ts';
import { clockTime, secondsText } from '../../protocol/time-words.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { sentences } from '../language/sentences.ts';

/** One row of the recoveries view, ready to draw. */
export interface RecoveryNode {
  /** Stable over rounds, so that what is open stays open. */
  readonly id: string;
  readonly cluster: string;
  /** The recovery's id; null for a finding that was held. */
  readonly recovery: string | null;
  readonly label: string;
  readonly description: string;
  /** A codicon, without `codicon-`. */
  readonly icon: string;
  /** A colour of the theme. */
  readonly colour: string | null;
  /** `recovery+open`: what menus decide by. */
  readonly traits: string;
  /** Plain lines; the first is the headline. */
  readonly tooltip: readonly string[];
  readonly sql: readonly string[];
  readonly spoken: string;
  readonly children: readonly RecoveryNode[];
}

export interface RecoveryContext {
  readonly words: Localizer;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Place extends RecoveryContext {
  readonly labelOf: (key: string) => string;
}

/** What was done in all clusters, and what was found and held, the newest first. */
export function recoveryNodes(
  states: readonly ClusterState[],
  context: RecoveryContext,
): readonly RecoveryNode[] {
  return states
    .flatMap((state) => timedNodes(state, context))
    .toSorted((a, b) => b.at - a.at)
    .map(({ node }) => node);
}

function timedNodes(
  state: ClusterState,
  context: RecoveryContext,
): readonly { readonly at: number; readonly node: RecoveryNode }[] {
  const labels = shortLabels(state.topology.members.map((it) => it.key));
  const place = { ...context, labelOf: (key: string) => labels.get(key) ?? key };
  const detections = state.watch?.detections ?? [];
  const done = state.recoveries.map((it) => {
    const answered = detections.find(({ recovery }) => recovery === it.id);
    return { at: it.startedAt, node: recoveryNode(it, answered, place) };
  });
  const held = detections
    .filter((it) => it.decision === 'held')
    .map((it) => ({ at: it.at, node: heldNode(it, place) }));
  return [...done, ...held];
}

const kindWords: Record<PlanKind, string> = {
  switchover: sentences.kindSwitchover,
  failover: sentences.kindFailover,
  rejoin: sentences.kindRejoin,
  fence: sentences.kindFence,
  restore: sentences.kindRestore,
  repair: sentences.kindRepair,
  detach: sentences.kindDetach,
  relocate: sentences.kindRelocate,
  'create-user': sentences.kindUser,
  fix: sentences.kindFix,
  'end-session': sentences.kindEnd,
};

const faces: Record<RecoveryState, readonly [icon: string, colour: string | null]> = {
  running: ['sync~spin', null],
  succeeded: ['pass-filled', 'testing.iconPassed'],
  partial: ['warning', 'list.warningForeground'],
  undone: ['discard', 'list.warningForeground'],
  failed: ['error', 'list.errorForeground'],
  interrupted: ['circle-slash', 'list.errorForeground'],
};

/** Unacknowledged, a success rings too; a failure looks like one in any case. */
function faceOf(recovery: Recovery): (typeof faces)[RecoveryState] {
  return recovery.state === 'succeeded' && needsAcknowledgement(recovery)
    ? ['bell-dot', 'list.warningForeground']
    : faces[recovery.state];
}

function recoveryNode(
  recovery: Recovery,
  detection: Detection | undefined,
  place: Place,
): RecoveryNode {
  const { words } = place;
  const [icon, colour] = faceOf(recovery);
  const label = words.t(kindWords[recovery.kind], { cluster: recovery.cluster });
  const description = descriptionOf(recovery, place);
  return {
    id: recovery.id,
    cluster: recovery.cluster,
    recovery: recovery.id,
    label,
    description,
    icon,
    colour,
    traits: needsAcknowledgement(recovery) ? 'recovery+open' : 'recovery',
    tooltip: tooltipOf(recovery, detection, place),
    sql: [],
    spoken: `${label}, ${description}, ${spell(recovery.headline, words)}`,
    children: recovery.steps.map((it) => stepNode(recovery, it, place)),
  };
}

function descriptionOf(recovery: Recovery, { words, now, labelOf }: Place): string {
  const { oldMaster, newMaster, endedAt, startedAt } = recovery;
  const whom =
    isPromotion(recovery) && oldMaster !== null && oldMaster !== newMaster
      ? `${labelOf(oldMaster)} → ${labelOf(newMaster)}`
      : labelOf(recovery.subject);
  const took =
    endedAt === null
      ? words.t(sentences.recoveryRunning)
      : words.t(sentences.tookSeconds, { seconds: secondsText(endedAt - startedAt) });
  const open = needsAcknowledgement(recovery) ? [words.t(sentences.recoveryOpen)] : [];
  return [clockTime(startedAt, now, words), took, whom, ...open].join(' · ');
}

function tooltipOf(
  recovery: Recovery,
  detection: Detection | undefined,
  { words, now }: Place,
): readonly string[] {
  const { acknowledgement, writeStopMs, trigger } = recovery;
  const acknowledged =
    acknowledgement === null
      ? []
      : [
          words.t(sentences.recoveryAcknowledged, {
            by: acknowledgement.by,
            time: clockTime(acknowledgement.at, now, words),
            comment: acknowledgement.comment,
          }),
        ];
  return [
    spell(recovery.headline, words),
    words.t(trigger === 'user' ? sentences.recoveryBy : sentences.recoveryByItself, {
      actor: recovery.actor,
    }),
    ...(detection === undefined ? [] : seenOf(detection, words)),
    ...(writeStopMs === null
      ? []
      : [words.t(sentences.recoveryWriteStop, { count: Math.round(writeStopMs) })]),
    ...recovery.problems.map((it) => spell(it, words)),
    ...acknowledged,
  ];
}

const stepIcons: Record<StepRecord['state'], string> = {
  waiting: 'circle-outline',
  running: 'sync~spin',
  done: 'pass',
  failed: 'error',
  skipped: 'debug-step-over',
  undone: 'discard',
};

function stepNode(recovery: Recovery, step: StepRecord, { words, labelOf }: Place): RecoveryNode {
  const { startedAt, endedAt, note } = step;
  const label = spell(step.says, words);
  const took =
    startedAt === null || endedAt === null
      ? []
      : [words.t(sentences.tookSeconds, { seconds: secondsText(endedAt - startedAt) })];
  const description = [labelOf(step.on), ...took].join(' · ');
  return {
    ...leaf(`${recovery.id}/${step.id}`, recovery.cluster, label),
    description,
    icon: stepIcons[step.state],
    colour: step.state === 'failed' ? 'list.errorForeground' : null,
    traits: 'step',
    tooltip: note === null ? [label] : [label, spell(note, words)],
    sql: step.sql,
    spoken: `${label}, ${description}`,
  };
}

/** What was found and who saw it, in the reader's language: the finding first. */
export function seenOf(detection: Detection, words: Localizer): readonly string[] {
  const { cluster, evidence } = detection;
  return [findingText(detection, cluster, words), ...evidence.map((it) => spell(it, words))];
}

/** A finding that nothing was done about, and why not. */
function heldNode(detection: Detection, place: Place): RecoveryNode {
  const { words, now, labelOf } = place;
  const { id, cluster, instance } = detection;
  const because = detection.because.map((it) => spell(it, words));
  const [says = '', ...evidence] = seenOf(detection, words);
  const problem = words.t(problemTitles[detection.code]);
  const label = words.t(sentences.held, { problem });
  const whom = instance === null ? cluster : labelOf(instance);
  const description = `${clockTime(detection.at, now, words)} · ${whom}`;
  return {
    ...leaf(id, cluster, label),
    description,
    icon: 'debug-pause',
    colour: 'list.warningForeground',
    traits: 'held',
    tooltip: [says, ...because],
    spoken: [label, description, ...because].join(', '),
    children: [
      ...because.map((it, index) => ({
        ...leaf(`${id}/because/${String(index)}`, cluster, it),
        icon: 'circle-slash',
        traits: 'because',
      })),
      ...evidence.map((it, index) => ({
        ...leaf(`${id}/evidence/${String(index)}`, cluster, it),
        icon: 'search',
        traits: 'evidence',
      })),
    ],
  };
}

function leaf(id: string, cluster: string, label: string): RecoveryNode {
  return {
    id,
    cluster,
    recovery: null,
    label,
    description: '',
    icon: 'circle-outline',
    colour: null,
    traits: '',
    tooltip: [label],
    sql: [],
    spoken: label,
    children: [],
  };
}
