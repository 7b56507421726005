import type { InstanceKey } from '../core/model/instance.ts';
import { readPattern, type MemberPattern } from '../core/model/member-pattern.ts';
import type { ClusterSettings } from './settings.ts';

/** What the settings say of who belongs to one cluster. `confirmed`: whom a person confirmed for this one look. */
export function memberRulesOf(
  { seeds, addresses, members, environment }: ClusterSettings,
  confirmed: readonly InstanceKey[],
): {
  readonly seeds: readonly InstanceKey[];
  readonly told: readonly InstanceKey[];
  readonly patterns: readonly MemberPattern[] | undefined;
  readonly lab: boolean;
} {
  return {
    seeds,
    told: [...Object.keys(addresses), ...confirmed],
    patterns: members?.flatMap(patternIn),
    lab: environment === 'lab',
  };
}

function patternIn(text: string): readonly MemberPattern[] {
  const read = readPattern(text);
  return read.kind === 'read' ? [read.pattern] : [];
}
