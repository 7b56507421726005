import { phrase } from '../model/phrase.ts';
import type { DoctorRule, Diagnosis, DoctorSubject } from './doctor-rule.ts';

/** Groups that elect their own primaries: what Switchover leaves to them. */
export const groupRules: readonly DoctorRule[] = [
  {
    code: 'GroupMember',
    gravity: 'advice',
    why: phrase(
      'Switchover only watches it: its members are never promoted, closed, moved or rejoined, and a replica that reads from the group is not promoted without a person.',
    ),
    holds: groupMember,
  },
];

/** Told once, at the first member. */
function groupMember({ member, topology }: DoctorSubject): Diagnosis | undefined {
  const members = topology.members.filter((it) => it.inGroup === true);
  if (members[0]?.key !== member.key) {
    return undefined;
  }
  const group = member.lastAnswer?.server.group;
  const hidden = group?.kind === 'group-replication' && group.state === null;
  return {
    says: phrase('{instances}: members of a group that elects its own primary.', {
      instances: members.map((it) => it.key).join(', '),
    }),
    evidence: hidden
      ? [
          phrase(
            'Its members cannot be listed: SELECT on performance_schema.replication_group_members is not granted.',
          ),
        ]
      : [],
    advice: phrase(
      'Change the group with its own tools. When the source of a replica is gone, relocate that replica under another member.',
    ),
  };
}
