import { judgeName, type MemberRules, type Verdict } from '../../discover/membership.ts';
import type { Sighting } from '../../discover/sighting.ts';
import type { ClusterMemory } from './memory.ts';
import type { InstanceKey } from '../../model/instance.ts';
import { identityOf, normalName, type Standing } from '../../model/standing.ts';
import type { Outsider } from '../../model/topology.ts';
import type { AddressBook, Certificates, Clock } from '../../ports.ts';

type Admission = Extract<Verdict, { member: true }>['by'];

export interface MembershipParts {
  readonly members: MemberRules;
  readonly addresses: AddressBook;
  readonly clock: Pick<Clock, 'now'>;
  /** Absent where the settings let no certificate confirm a member. */
  readonly certificates?: Certificates | undefined;
  /** `user@host (pid)`. */
  readonly actor: string;
}

/** Who may be logged in to in one round. */
export interface MembersAsked {
  /** Why a name does not belong to the cluster; undefined where it does. */
  readonly objection: (name: InstanceKey) => Promise<Outsider['why'] | undefined>;
  /** Those of the names that are members only because they replicated before there were confirmations. */
  readonly toReview: () => readonly InstanceKey[];
  /** Binds a confirmation to the server that answered to it first; tells which names another one answers to now. */
  readonly changed: (sightings: readonly Sighting[]) => readonly InstanceKey[];
}

/** Judges the names of one round by the settings, by what persons confirmed, and by what the container engine tells. */
export function membersAsked(parts: MembershipParts, memory: ClusterMemory): MembersAsked {
  const { members, addresses } = parts;
  const standings = memory.standings();
  const toReview = new Set<InstanceKey>();
  const byPerson = new Set<InstanceKey>();
  const note = (name: InstanceKey, kind: Standing['kind'], identity: string | null): void => {
    const { clock, actor } = parts;
    memory.noteStanding({ name, kind, identity, at: clock.now(), by: actor });
  };
  const admitted = (
    name: InstanceKey,
    by: Admission,
    noted: Standing['kind'] | undefined,
  ): void => {
    // It stays a member while its container is gone.
    if (by === 'container' && (noted === undefined || noted === 'kept')) note(name, 'found', null);
    if (by === 'journal' && noted === 'kept') toReview.add(name);
    if (by === 'person') byPerson.add(name);
  };
  const certified = async (name: InstanceKey): Promise<boolean> =>
    (await parts.certificates?.confirm(name, addresses.addressOf(name))) === true;
  let seedsFound: Promise<unknown> | undefined;
  const objection = async (name: InstanceKey): Promise<Outsider['why'] | undefined> => {
    const standing = standings.get(normalName(name));
    let verdict = judgeName(name, members, standing, () => false);
    if (asksContainers(members, verdict)) {
      seedsFound ??= Promise.all(members.seeds.map((it) => addresses.find(it)));
      await seedsFound;
      await addresses.find(name);
      verdict = judgeName(name, members, standing, () => addresses.isBesideSeed(name));
    }
    if (!verdict.member) {
      if (!asksForCertificate(members, verdict, standing) || !(await certified(name))) {
        return verdict.why;
      }
      // It stays a member while it is down; each log-in verifies the certificate again.
      note(name, 'found', null);
      return undefined;
    }
    admitted(name, verdict.by, standing?.kind);
    return undefined;
  };
  return {
    objection,
    toReview: () => [...toReview],
    changed: (sightings) =>
      sightings.filter((it) => byPerson.has(it.name) && isAnother(it, memory)).map((it) => it.name),
  };
}

/** Binds a confirmation to the first server that answers; true where another one does now. */
function isAnother({ name, probe }: Sighting, memory: ClusterMemory): boolean {
  const standing = memory.standings().get(normalName(name));
  if (probe.kind !== 'answered' || standing === undefined) return false;
  const identity = identityOf(probe.server);
  if (standing.identity === identity) return false;
  const isOther = standing.identity !== null;
  memory.noteStanding({ ...standing, ...(isOther ? { kind: 'changed' } : { identity }) });
  return isOther;
}

/** Neither against the settings nor against a person, nor where another server answers than the confirmed one. */
function asksForCertificate(
  { patterns }: MemberRules,
  verdict: Extract<Verdict, { member: false }>,
  standing: Standing | undefined,
): boolean {
  return patterns === undefined && verdict.why === 'unconfirmed' && standing === undefined;
}

/** Only where the settings do not tell: the way to a name that nobody knows is not looked for without need. */
function asksContainers({ patterns }: MemberRules, verdict: Verdict): boolean {
  if (patterns !== undefined) return false;
  return verdict.member ? verdict.by !== 'settings' : verdict.why !== 'ignored';
}
