import type { ClusterState } from '../../core/backend.ts';
import type { Finding } from '../../core/model/finding.ts';
import { answered, type InstanceKey, type SilenceReason } from '../../core/model/instance.ts';
import { knownUserRefusedBy } from '../../core/model/refused-login.ts';
import { isToConfirm, type Member } from '../../core/model/topology.ts';
import { findingText } from '../../protocol/banner-view.ts';
import { roleWords } from '../../protocol/labels.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { accessSentences } from '../language/access-sentences.ts';

/** What a person can do about a row: copy a statement or setting, make the user, or say more about where it is. */
export type FoundFix =
  | { readonly kind: 'copy'; readonly text: string }
  /** `on`: there alone; null: on the master, from where it replicates. */
  | { readonly kind: 'create-user'; readonly on: InstanceKey | null }
  | null;

/** One instance that a look found, or one thing that is wrong with the cluster. */
export interface FoundRow {
  readonly label: string;
  readonly description: string;
  /** Why, and what to do; empty when all is well. */
  readonly detail: string;
  /** A codicon, without `codicon-`. */
  readonly icon: 'pass' | 'warning' | 'error' | 'info';
  readonly fix: FoundFix;
}

export interface FoundView {
  readonly rows: readonly FoundRow[];
  readonly reached: number;
  readonly silent: number;
  /** All names of the members. */
  readonly members: readonly InstanceKey[];
  /** Whom members name and nobody confirmed. */
  readonly unconfirmed: readonly InstanceKey[];
  /** As whom most replicas log in at their source; null when none does. */
  readonly replicationUser: string | null;
}

/** `grants`: the statement that gives our user what it lacks, by instance. */
export function foundView(
  { topology, findings }: Pick<ClusterState, 'topology' | 'findings'>,
  grants: ReadonlyMap<InstanceKey, string>,
  words: Localizer,
): FoundView {
  const { members } = topology;
  const reached = members.filter((it) => answered(it) !== undefined).length;
  const alone: readonly FoundRow[] =
    members.length === 1 && reached === 1
      ? [
          {
            label: words.t(accessSentences.alone),
            description: '',
            detail: words.t(accessSentences.aloneAdvice),
            icon: 'info',
            fix: null,
          },
        ]
      : [];
  const troubles = findings
    .filter((it) => reached > 0 && it.severity !== 'info' && isNews(it.instance, members))
    .map((it): FoundRow => ({
      label: findingText(it, topology.cluster, words),
      description: '',
      detail: words.t(it.advice),
      icon: it.severity === 'error' ? 'error' : 'warning',
      fix: null,
    }));
  return {
    rows: [
      ...members.map((it) => rowOf(it, grants, words)),
      ...findings
        .filter((it) => it.code === 'NeighbourRefusesUser')
        .map((it) => refusingRow(it, topology.cluster, words)),
      ...alone,
      ...troubles,
    ],
    reached,
    silent: members.length - reached,
    members: members.flatMap((it) => [it.key, ...it.aliases]),
    unconfirmed: (topology.outsiders ?? []).filter(isToConfirm).map((it) => it.key),
    replicationUser: replicationUserOf(members),
  };
}

/** It may belong to the cluster or not: only a person knows. */
function refusingRow(finding: Finding, cluster: string, words: Localizer): FoundRow {
  return {
    label: finding.instance ?? '',
    description: words.t(accessSentences.refusesUser, { number: finding.facts['number'] ?? '?' }),
    detail: `${findingText(finding, cluster, words)} ${words.t(finding.advice)}`,
    icon: 'warning',
    fix: { kind: 'create-user', on: finding.instance },
  };
}

function replicationUserOf(members: readonly Member[]): string | null {
  const users = members
    .flatMap((it) => answered(it)?.channels ?? [])
    .map((it) => it.user)
    .filter((it) => it !== '');
  const count = (user: string): number => users.filter((it) => it === user).length;
  return users.toSorted((a, b) => count(b) - count(a))[0] ?? null;
}

/** Whoever is silent has a row that says why. */
function isNews(instance: InstanceKey | null, members: readonly Member[]): boolean {
  return instance === null || members.some((it) => it.key === instance && answered(it));
}

function rowOf(
  member: Member,
  grants: ReadonlyMap<InstanceKey, string>,
  words: Localizer,
): FoundRow {
  const server = answered(member);
  const elsewhere = member.address === member.key ? '' : ` (${member.address})`;
  if (server === undefined) return silentRow(member, elsewhere, words);
  const grant = grants.get(member.key);
  return {
    label: member.key,
    description: `${words.t(roleWords[member.role])} · ${server.version}${elsewhere}`,
    detail: grant === undefined ? '' : words.t(accessSentences.lacksRights, { grant }),
    icon: grant === undefined ? 'pass' : 'warning',
    fix: grant === undefined ? null : { kind: 'copy', text: grant },
  };
}

function silentRow(member: Member, elsewhere: string, words: Localizer): FoundRow {
  const { probe, key } = member;
  const silent = probe.kind === 'silent' ? probe : undefined;
  const reason = silent?.reason ?? 'not-asked';
  const known = knownUserIn(member);
  const advice = words.t(known === undefined ? adviceFor[reason] : knownUser[known], {
    instance: key,
    setting: addressSetting(key),
  });
  const says = silent === undefined ? '' : spell(silent.says, words);
  return {
    label: key,
    description: `${words.t(accessSentences.notReached)}${elsewhere}${shownNumber(silent?.errno)}`,
    detail: [advice, says].filter((it) => it !== '').join(' · '),
    icon: 'error',
    fix: known === undefined ? fixFor(reason, key) : null,
  };
}

/** The server's own number, which people look up: ` · 1045`. */
function shownNumber(errno: number | undefined): string {
  return errno === undefined ? '' : ` · ${String(errno)}`;
}

const unreachable: ReadonlySet<SilenceReason> = new Set([
  'refused',
  'timed-out',
  'unknown-host',
  'unreachable',
]);

function fixFor(reason: SilenceReason, key: InstanceKey): FoundFix {
  if (reason === 'denied' || reason === 'missing-rights') return { kind: 'create-user', on: null };
  return unreachable.has(reason) ? { kind: 'copy', text: addressSetting(key) } : null;
}

/** A user that is there need not be made. */
function knownUserIn({ probe }: Member): 'expired' | 'locked' | undefined {
  return probe.kind === 'silent' && probe.reason === 'denied'
    ? knownUserRefusedBy(probe.errno)
    : undefined;
}

const knownUser = {
  expired: accessSentences.adviseExpired,
  locked: accessSentences.adviseLocked,
} as const;

function addressSetting(key: InstanceKey): string {
  return `"addresses": { ${JSON.stringify(key)}: "127.0.0.1:3306" }`;
}

const adviceFor: Readonly<Record<SilenceReason, string>> = {
  denied: accessSentences.adviseDenied,
  'missing-rights': accessSentences.adviseRights,
  refused: accessSentences.adviseAddress,
  'timed-out': accessSentences.adviseAddress,
  'unknown-host': accessSentences.adviseAddress,
  unreachable: accessSentences.adviseAddress,
  'host-blocked': accessSentences.adviseBlocked,
  'too-many-connections': accessSentences.adviseConnections,
  'tls-mismatch': accessSentences.adviseTls,
  'key-changed': accessSentences.adviseTls,
  'not-a-server': accessSentences.adviseNoServer,
  hung: accessSentences.adviseHung,
  'connection-lost': accessSentences.adviseHung,
  'shutting-down': accessSentences.adviseHung,
  'server-error': accessSentences.adviseHung,
  'not-asked': accessSentences.adviseHung,
};
