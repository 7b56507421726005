import type { CheckUp } from '../model/check-up.ts';
import { doctorCodes, type DoctorItem, type Gravity, type Remedy } from '../model/doctor.ts';
import { answered } from '../model/instance.ts';
import { phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { accessRules } from './access-rules.ts';
import { connectionRules } from './connection-rules.ts';
import { persists, type DoctorRule, type Diagnosis, type DoctorSubject } from './doctor-rule.ts';
import { groupRules } from './group-rules.ts';
import { omissionRules } from './omission-rules.ts';
import { safetyRules } from './safety-rules.ts';
import { semiSyncRules } from './semi-sync-rules.ts';
import { secrecyRules } from './secrecy-rules.ts';
import { speedRules } from './speed-rules.ts';
import { structureRules } from './structure-rules.ts';
import { wayRules } from './way-rules.ts';

const rules: readonly DoctorRule[] = [
  ...accessRules,
  ...connectionRules,
  ...structureRules,
  ...omissionRules,
  ...wayRules,
  ...speedRules,
  ...safetyRules,
  ...secrecyRules,
  ...semiSyncRules,
  ...groupRules,
];

const gravities: readonly Gravity[] = ['breaks', 'slows', 'advice'];

/** All that would break or slow a recovery of this cluster, gravest first. */
export function examine(
  topology: Topology,
  policy: Policy,
  checkUps: ReadonlyMap<string, CheckUp>,
): readonly DoctorItem[] {
  const inside = topology.members.flatMap((member) => {
    const subject = subjectOf(member, { topology, policy, checkUps });
    return rules.flatMap((rule) => {
      const diagnosis = rule.holds(subject);
      return diagnosis === undefined ? [] : [itemOf(rule, diagnosis, subject)];
    });
  });
  const found = [...inside, ...refusingBeside(topology, policy)];
  return found.toSorted(
    (a, b) =>
      gravities.indexOf(a.gravity) - gravities.indexOf(b.gravity) ||
      doctorCodes.indexOf(a.code) - doctorCodes.indexOf(b.code),
  );
}

/** It is no member, so nothing is wrong with the cluster: but it may be one, and then nothing is known of it. */
function refusingBeside(topology: Topology, policy: Policy): readonly DoctorItem[] {
  return (topology.refusing ?? []).map(({ instance, network, says, errno }): DoctorItem => {
    const place =
      network === null ? instance : phrase('{instance} on {network}', { instance, network });
    const values = { place, user: policy.monitorUser ?? '?', number: errno ?? '?' };
    return {
      code: 'MonitorUserRefused',
      gravity: 'advice',
      instance,
      says: phrase(
        '{place} refuses {user} ({number}). A replica that does not replicate would.',
        values,
      ),
      why: phrase(
        'If it is a replica, nothing can be seen of it: no server of the cluster names it, and it is neither promoted nor repaired.',
      ),
      evidence: [says],
      advice: phrase('If it belongs to the cluster, create the monitor user on it alone.'),
      remedy: null,
      byHand: [{ on: instance, instruction: { do: 'make-monitor-user', alone: true } }],
    };
  });
}

function subjectOf(
  member: Member,
  known: Pick<DoctorSubject, 'topology' | 'policy' | 'checkUps'>,
): DoctorSubject {
  const { topology, checkUps } = known;
  const server = answered(member);
  return {
    ...known,
    member,
    server,
    checkUp: checkUps.get(member.key),
    channel: server?.channels[0],
    source: memberOf(topology, member.source),
    master: memberOf(topology, topology.master),
  };
}

function itemOf(
  rule: DoctorRule,
  diagnosis: Diagnosis,
  { member, server }: DoctorSubject,
): DoctorItem {
  const { says, advice, evidence = [], remedy = null, byHand = [] } = diagnosis;
  const { code, gravity, why } = rule;
  const kept =
    remedy === null || server === undefined || persists(server) || remedy.passing === true
      ? []
      : keepLines(remedy, member.key);
  return {
    code,
    gravity,
    instance: member.key,
    says,
    why,
    evidence,
    advice,
    remedy,
    byHand: [...byHand, ...kept],
  };
}

/** Where SQL cannot keep a value over a restart, the option file must. */
function keepLines({ settings = [] }: Remedy, on: string): DoctorItem['byHand'] {
  const options = settings.map(({ name, value }) => ({ name, value: String(value) }));
  return options.length === 0
    ? []
    : [{ on, instruction: { do: 'option-lines', options, restart: false } }];
}
