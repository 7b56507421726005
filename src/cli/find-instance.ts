import { readAddress } from '../config/address.ts';
import { splitKey, type InstanceKey } from '../core/model/instance.ts';
import type { Member, Topology } from '../core/model/topology.ts';
import { wrongUse } from './exit-code.ts';

/** The instance that a person named: by key, alias or address; by its host alone where only one fits. Throws CommandError. */
export function findInstance(topology: Topology, named: string): InstanceKey {
  const read = readAddress(named);
  if (read.kind === 'wrong')
    throw wrongUse(`${JSON.stringify(named)} names no instance: ${read.because}.`);
  const withPort = /:\d+$/.test(named.trim());
  const host = splitKey(read.key).host;
  const found = topology.members.filter((it) =>
    withPort
      ? namesOf(it).includes(read.key)
      : namesOf(it).some((name) => splitKey(name).host === host),
  );
  const [only, ...more] = found;
  if (only && more.length === 0) return only.key;
  if (only)
    throw wrongUse(`${named} may be ${found.map((it) => it.key).join(' or ')}: add the port.`);
  const known = topology.members.map((it) => it.key).join(', ');
  throw wrongUse(`${topology.cluster} has no instance ${named}; it has ${known}.`);
}

function namesOf(member: Member): readonly string[] {
  return [member.key, member.address, ...member.aliases];
}
