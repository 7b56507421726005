import { expressionMatches } from '../model/cluster-filter.ts';
import { splitKey, type InstanceKey } from '../model/instance.ts';

export { matchesCluster } from '../model/cluster-filter.ts';

/** The first filter that an instance matches by its host or by `host:port`; undefined for none. */
export function hostFilterFor(key: InstanceKey, filters: readonly string[]): string | undefined {
  const { host } = splitKey(key);
  return filters.find((it) => it === host || it === key || expressionMatches(it, [host, key]));
}
