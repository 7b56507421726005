import { splitKey } from '../core/model/instance.ts';
import type { InstanceKey } from '../core/model/instance.ts';

/** The shortest unambiguous name of each instance: its host where no other shares it and the port is the usual one. */
export function shortLabels(keys: readonly InstanceKey[]): ReadonlyMap<InstanceKey, string> {
  const hosts = new Map<string, number>();
  for (const key of keys) {
    const { host } = splitKey(key);
    hosts.set(host, (hosts.get(host) ?? 0) + 1);
  }
  return new Map(
    keys.map((key) => {
      const { host, port } = splitKey(key);
      return [key, hosts.get(host) === 1 && port === 3306 ? host : key];
    }),
  );
}
