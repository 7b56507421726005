import type { CheckUp } from '../model/check-up.ts';
import type { DoctorCode, DoctorItem, Gravity } from '../model/doctor.ts';
import type { Channel, Server } from '../model/instance.ts';
import type { Phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import type { Member, Topology } from '../model/topology.ts';

/** One instance as the doctor sees it: what every round tells, and what was asked beside it. */
export interface DoctorSubject {
  readonly topology: Topology;
  readonly policy: Policy;
  readonly checkUps: ReadonlyMap<string, CheckUp>;
  readonly member: Member;
  /** Its answer of this round; undefined when it is silent. */
  readonly server: Server | undefined;
  readonly checkUp: CheckUp | undefined;
  /** What it reads from; undefined for a master. */
  readonly channel: Channel | undefined;
  readonly source: Member | undefined;
  readonly master: Member | undefined;
}

/** What a rule of a table tells of one instance. */
export interface Diagnosis {
  readonly says: Phrase;
  readonly evidence?: readonly Phrase[];
  readonly advice: Phrase;
  readonly remedy?: DoctorItem['remedy'];
  readonly byHand?: DoctorItem['byHand'];
}

/** One row of a table: what can be wrong with an instance, and what it does to a recovery. */
export interface DoctorRule {
  readonly code: DoctorCode;
  readonly gravity: Gravity;
  readonly why: Phrase;
  /** Undefined when it does not apply. Reads only its subject. */
  readonly holds: (subject: DoctorSubject) => Diagnosis | undefined;
}

/** Reads from another and is not one of two masters. */
export function isReplica({ member }: DoctorSubject): boolean {
  return member.source !== null && (member.role === 'replica' || member.role === 'intermediate');
}

/** It can keep a variable over a restart by itself (`SET PERSIST`). */
export function persists({ flavor, release }: Server): boolean {
  return flavor === 'mysql' && release[0] >= 8;
}
