import { familyOf, type Finding } from '../model/finding.ts';
import type { InstanceKey } from '../model/instance.ts';

/** A verdict on a master that has held for a while. Times: milliseconds on a clock that never jumps. */
export interface Suspicion {
  readonly code: Finding['code'];
  readonly instance: InstanceKey | null;
  readonly since: number;
  /** Rounds that said so in a row. */
  readonly rounds: number;
}

/**
 * What is suspected after a round. Whatever has a family makes rounds follow one another at once, until it is confirmed
 * or gone: one of the same family goes on, anything else begins anew. `lostSince`: when replicas that were asked about
 * an unreachable master began to listen for it in vain; it has been dead for so long.
 */
export function suspect(
  before: Suspicion | undefined,
  findings: readonly Finding[],
  now: number,
  lostSince?: number,
): Suspicion | undefined {
  const finding = findings.find((it) => familyOf(it.code) !== undefined);
  if (finding === undefined) {
    return undefined;
  }
  const same =
    before?.instance === finding.instance && familyOf(before.code) === familyOf(finding.code);
  if (same) {
    return { ...before, code: finding.code, rounds: before.rounds + 1 };
  }
  const wasAsked =
    before?.instance === finding.instance &&
    familyOf(before.code) === 'unreachable-master' &&
    familyOf(finding.code) === 'dead-master';
  const since = wasAsked ? (lostSince ?? now) : now;
  return { code: finding.code, instance: finding.instance, since, rounds: 1 };
}

/** A verdict counts when at least two rounds in a row gave it and it has held for as long as asked. */
export function confirmed(
  { since, rounds }: Suspicion,
  now: number,
  confirmSeconds: number,
): boolean {
  return rounds >= 2 && now - since >= confirmSeconds * 1000;
}
