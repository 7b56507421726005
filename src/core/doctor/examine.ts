import type { CheckUp } from '../model/check-up.ts';
import { doctorCodes, type DoctorItem, type Gravity, type Remedy } from '../model/doctor.ts';
import { answered } from '../model/instance.ts';
import { phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { accessAilments } from './access-ailments.ts';
import { connectionAilments } from './connection-ailments.ts';
import { persists, type Ailment, type Diagnosis, type Patient } from './ailment.ts';
import { groupAilments } from './group-ailments.ts';
import { omissionAilments } from './omission-ailments.ts';
import { safetyAilments } from './safety-ailments.ts';
import { semiSyncAilments } from './semi-sync-ailments.ts';
import { secrecyAilments } from './secrecy-ailments.ts';
import { speedAilments } from './speed-ailments.ts';
import { structureAilments } from './structure-ailments.ts';
import { wayAilments } from './way-ailments.ts';

const ailments: readonly Ailment[] = [
  ...accessAilments,
  ...connectionAilments,
  ...structureAilments,
  ...omissionAilments,
  ...wayAilments,
  ...speedAilments,
  ...safetyAilments,
  ...secrecyAilments,
  ...semiSyncAilments,
  ...groupAilments,
];

const gravities: readonly Gravity[] = ['breaks', 'slows', 'advice'];

/** All that would break or slow a recovery of this cluster, gravest first. */
export function examine(
  topology: Topology,
  policy: Policy,
  checkUps: ReadonlyMap<string, CheckUp>,
): readonly DoctorItem[] {
  const inside = topology.members.flatMap((member) => {
    const patient = patientOf(member, { topology, policy, checkUps });
    return ailments.flatMap((ailment) => {
      const diagnosis = ailment.holds(patient);
      return diagnosis === undefined ? [] : [itemOf(ailment, diagnosis, patient)];
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

function patientOf(
  member: Member,
  known: Pick<Patient, 'topology' | 'policy' | 'checkUps'>,
): Patient {
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

function itemOf(ailment: Ailment, diagnosis: Diagnosis, { member, server }: Patient): DoctorItem {
  const { says, advice, evidence = [], remedy = null, byHand = [] } = diagnosis;
  const { code, gravity, why } = ailment;
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
