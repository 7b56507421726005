import {
  answered,
  type Instance,
  type InstanceKey,
  type SilenceReason,
} from '../model/instance.ts';

/** What a server is like, seen from here, that is only slow, or whose way is. */
export const slowReasons: ReadonlySet<SilenceReason> = new Set<SilenceReason>([
  'timed-out',
  'hung',
  'connection-lost',
  'unknown-host',
  'unreachable',
]);

/**
 * Masters that read from outside the cluster, and what each reads from: a server that is not asked, or that was never
 * heard. Such a master takes writes and is followed, or was the master before; a replica whose master is only unknown
 * does not. In the first rounds a source that is slow may be the master itself.
 */
export function boundedBy(
  instances: readonly Instance[],
  sources: ReadonlyMap<InstanceKey, InstanceKey | null>,
  memory: { readonly lastMaster: InstanceKey | null; readonly early: boolean },
): ReadonlyMap<InstanceKey, InstanceKey> {
  const byKey = new Map(instances.map((it) => [it.key, it] as const));
  const followed = new Set(sources.values());
  return new Map(
    instances.flatMap((it) => {
      const source = sources.get(it.key) ?? null;
      const leads = followed.has(it.key) || it.key === memory.lastMaster || isListed(it);
      return source !== null && leads && isOpen(it) && isBeyond(byKey.get(source), memory.early)
        ? [[it.key, source] as const]
        : [];
    }),
  );
}

function isBeyond(source: Instance | undefined, early: boolean): boolean {
  const slow = source?.probe.kind === 'silent' && slowReasons.has(source.probe.reason);
  return source === undefined || (source.unheard === true && !(early && slow));
}

/** Takes writes, or did when it was last heard. */
function isOpen({ lastAnswer }: Instance): boolean {
  return lastAnswer?.server.readOnly === false;
}

function isListed(instance: Instance): boolean {
  return (answered(instance)?.replicas.length ?? 0) > 0;
}
