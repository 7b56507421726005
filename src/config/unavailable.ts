import type { Trouble } from './describe-issue.ts';

interface Unavailable {
  readonly key: string;
  /** Values that ask for nothing: they need no notice. */
  readonly quiet: readonly unknown[];
  readonly what: string;
}

/** Keys of a cluster whose part is not built yet. Building it removes its row. */
const ofCluster: readonly Unavailable[] = [
  { key: 'backend', quiet: ['builtin'], what: 'watching through a running Orchestrator' },
  { key: 'caConfirmsMembers', quiet: [false], what: 'confirming members by their certificates' },
];

/** One notice per key that was set though it does nothing yet. `at`: where the object stands, e.g. `clusters[0].`. */
export function unavailableOfCluster(written: object, at: string): readonly Trouble[] {
  return [...notices(ofCluster, written, at), ...unavailableProxies(written, at)];
}

/** Of proxies only the embedded writer port is built. */
function unavailableProxies(written: object, at: string): readonly Trouble[] {
  const proxies: unknown = Reflect.get(written, 'proxies');
  return (Array.isArray(proxies) ? proxies : []).flatMap((proxy: unknown, index) => {
    if (typeof proxy !== 'object' || proxy === null) {
      return [];
    }
    const path = `${at}proxies[${String(index)}]`;
    const kind: unknown = Reflect.get(proxy, 'kind');
    const unbuilt = kind === 'embedded' ? ('reader' in proxy ? 'reader' : undefined) : 'kind';
    const what = unbuilt === 'reader' ? 'a port that leads to replicas' : 'proxies of this kind';
    return unbuilt === undefined
      ? []
      : [{ path: `${path}.${unbuilt}`, says: `not available yet: ${path}.${unbuilt} (${what}).` }];
  });
}

function notices(table: readonly Unavailable[], written: object, at: string): readonly Trouble[] {
  return table
    .filter(({ key, quiet }) => {
      const value: unknown = Reflect.get(written, key);
      return (
        value !== undefined && !quiet.some((it) => JSON.stringify(it) === JSON.stringify(value))
      );
    })
    .map(({ key, what }) => ({
      path: at + key,
      says: `not available yet: ${at}${key} (${what}).`,
    }));
}
