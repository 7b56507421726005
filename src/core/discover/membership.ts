import { splitKey, type InstanceKey } from '../model/instance.ts';
import { isLoopback } from '../model/ip-range.ts';
import { matchesAny, type MemberPattern } from '../model/member-pattern.ts';
import { normalName, type Standing } from '../model/standing.ts';
import type { Outsider } from '../model/topology.ts';

/** What the settings say of who belongs to a cluster. */
export interface MemberRules {
  readonly seeds: readonly InstanceKey[];
  /** Names that the setting `addresses` leads somewhere. */
  readonly told: readonly InstanceKey[];
  /** The setting `members`, which is the whole list beside seeds and `addresses`; undefined where it is not given. */
  readonly patterns: readonly MemberPattern[] | undefined;
  /** A cluster to practise with: where a seed is this machine, its other ports are members too. */
  readonly lab: boolean;
  /** That a name replicated here before is not enough: the login of this look is an administrator's. */
  readonly onlyConfirmed?: boolean;
}

export type Verdict =
  | { readonly member: true; readonly by: 'settings' | 'person' | 'journal' | 'container' }
  | { readonly member: false; readonly why: Outsider['why'] };

/**
 * Whether a name belongs to the cluster, and may be logged in to. `isBesideSeed`: the container engine leads the name to a
 * container on a seed's own network, or in its compose project. A person who ignores a name is heard before every rule
 * but the seeds and `addresses`, which that person wrote too.
 */
export function judgeName(
  name: InstanceKey,
  rules: MemberRules,
  standing: Standing | undefined,
  isBesideSeed: () => boolean,
): Verdict {
  if ([...rules.seeds, ...rules.told].some((it) => sameName(it, name))) return member('settings');
  if (standing?.kind === 'ignored') return outsider('ignored');
  return rules.patterns === undefined
    ? judgeWithoutList(name, rules, standing, isBesideSeed)
    : matchesAny(name, rules.patterns)
      ? member('settings')
      : outsider('unconfirmed');
}

function judgeWithoutList(
  name: InstanceKey,
  { seeds, lab, onlyConfirmed }: MemberRules,
  standing: Standing | undefined,
  isBesideSeed: () => boolean,
): Verdict {
  if (lab && isHere(name) && seeds.some(isHere)) return member('settings');
  if (isBesideSeed()) return member('container');
  const by = noted(standing);
  return by.member && by.by === 'journal' && onlyConfirmed === true ? outsider('unconfirmed') : by;
}

function noted(standing: Standing | undefined): Verdict {
  if (standing?.kind === 'changed') return outsider('changed');
  if (standing?.kind === 'confirmed') return member('person');
  return standing === undefined ? outsider('unconfirmed') : member('journal');
}

function sameName(one: InstanceKey, other: InstanceKey): boolean {
  return one === other || normalName(one) === normalName(other);
}

function isHere(name: InstanceKey): boolean {
  return isLoopback(splitKey(name).host);
}

function member(by: Extract<Verdict, { member: true }>['by']): Verdict {
  return { member: true, by };
}

function outsider(why: Outsider['why']): Verdict {
  return { member: false, why };
}
