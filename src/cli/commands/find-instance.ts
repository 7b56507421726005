import { readAddress } from '../../config/address.ts';
import { splitKey, type InstanceKey } from '../../core/model/instance.ts';
import type { Topology } from '../../core/model/topology.ts';
import { wrongUse } from '../exit-code.ts';

/** An instance, and all names that it goes by. */
export interface NamedInstance {
  readonly key: InstanceKey;
  readonly names: readonly string[];
}

/** The instance that a person named: by key, alias or address; by its host alone where only one fits. Throws CommandError. */
export function findInstance({ cluster, members }: Topology, named: string): InstanceKey {
  const known = members.map((it) => ({
    key: it.key,
    names: [it.key, it.address, ...it.aliases],
  }));
  return findAmong(cluster, known, named);
}

/** The same among instances that are known without a look at them. */
export function findAmong(
  cluster: string,
  instances: readonly NamedInstance[],
  named: string,
): InstanceKey {
  const read = readAddress(named);
  if (read.kind === 'wrong')
    throw wrongUse(`${JSON.stringify(named)} names no instance: ${read.because}.`);
  const withPort = /:\d+$/.test(named.trim());
  const host = splitKey(read.key).host;
  const found = instances.filter(({ names }) =>
    withPort ? names.includes(read.key) : names.some((name) => splitKey(name).host === host),
  );
  const [only, ...more] = found;
  if (only && more.length === 0) return only.key;
  if (only)
    throw wrongUse(`${named} may be ${found.map((it) => it.key).join(' or ')}: add the port.`);
  const known = instances.map((it) => it.key).join(', ');
  throw wrongUse(`${cluster} has no instance ${named}; it has ${known}.`);
}
