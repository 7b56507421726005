import { splitKey } from '../core/model/instance.ts';
import type { InstanceKey } from '../core/model/instance.ts';

/**
 * The shortest unambiguous name of each instance: its host where no other shares it and the port is the usual one,
 * without its domain where the first part alone tells the hosts apart.
 */
export function shortLabels(keys: readonly InstanceKey[]): ReadonlyMap<InstanceKey, string> {
  const hosts = keys.map((key) => splitKey(key).host);
  const hostCounts = countOf(hosts);
  const nameCounts = countOf(hosts.map(firstPart));
  return new Map(
    keys.map((key) => {
      const { host, port } = splitKey(key);
      if (hostCounts.get(host) !== 1 || port !== 3306) {
        return [key, key];
      }
      return [key, nameCounts.get(firstPart(host)) === 1 ? firstPart(host) : host];
    }),
  );
}

/** `db1` of `db1.example.com`; an address stays whole, that of IPv6 in its brackets. */
function firstPart(host: string): string {
  if (host.includes(':')) {
    return `[${host}]`;
  }
  return /^[\d.]+$/.test(host) ? host : (host.split('.')[0] ?? host);
}

function countOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
