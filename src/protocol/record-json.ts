import { inEnglish } from '../core/model/phrase.ts';
import type { Check, Effects } from '../core/model/plan.ts';
import type { Recovery, StepRecord } from '../core/model/recovery.ts';
import type { Detection } from '../core/model/watch.ts';

/** Records as programs read them: every sentence as English text. Their shape is a contract. */
export function recoveryJson(recovery: Recovery) {
  return {
    ...recovery,
    headline: inEnglish(recovery.headline),
    checks: recovery.checks.map(checkJson),
    effects: effectsJson(recovery.effects),
    steps: recovery.steps.map(stepRecordJson),
    problems: recovery.problems.map(inEnglish),
  };
}

export type RecoveryJson = ReturnType<typeof recoveryJson>;

export function stepRecordJson(step: StepRecord) {
  return {
    ...step,
    says: inEnglish(step.says),
    note: step.note === null ? null : inEnglish(step.note),
  };
}

export type StepRecordJson = ReturnType<typeof stepRecordJson>;

export function checkJson({ says, measured, verdict }: Check) {
  return { says: inEnglish(says), measured: inEnglish(measured), verdict };
}

export function effectsJson({ writeStop, mayLose, leftBehind, undo }: Effects) {
  return {
    writeStop: inEnglish(writeStop),
    mayLose: mayLose.map(inEnglish),
    leftBehind: leftBehind.map((it) => ({ ...it, because: inEnglish(it.because) })),
    undo: inEnglish(undo),
  };
}

export function detectionJson(detection: Detection) {
  return {
    ...detection,
    evidence: detection.evidence.map(inEnglish),
    because: detection.because.map(inEnglish),
  };
}

export type DetectionJson = ReturnType<typeof detectionJson>;

/** The whole record of one recovery; `detection` is what led to it, null where a person asked or nothing is known. */
export function reportJson(recovery: Recovery, detection: Detection | undefined) {
  return {
    recovery: recoveryJson(recovery),
    detection: detection === undefined ? null : detectionJson(detection),
  };
}

/** More detections of one cluster than the journal ever holds. */
export const keptAtMost = 10_000;

/** What led to a recovery. */
export function detectionOf(
  { id }: Pick<Recovery, 'id'>,
  detections: readonly Detection[],
): Detection | undefined {
  return detections.find(({ recovery }) => recovery === id);
}
