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
];

/** One notice per key that was set though it does nothing yet. `at`: where the object stands, e.g. `clusters[0].`. */
export function unavailableOfCluster(written: object, at: string): readonly Trouble[] {
  return [...notices(ofCluster, written, at), ...unavailableProxies(written, at)];
}

interface WithAuthority {
  readonly caConfirmsMembers?: boolean | undefined;
  readonly tls?: { readonly ca?: string | undefined; readonly verify: boolean } | false | undefined;
}

/** A setting that needs another one to have any effect: said, since nobody is confirmed then. */
export function withoutAuthority(
  { caConfirmsMembers, tls }: WithAuthority,
  at: string,
): readonly Trouble[] {
  const verifies = tls !== undefined && tls !== false && tls.verify && tls.ca !== undefined;
  const path = `${at}caConfirmsMembers`;
  return caConfirmsMembers !== true || verifies
    ? []
    : [{ path, says: `${path} confirms nobody: it needs ${at}tls.ca, and no "verify": false.` }];
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
