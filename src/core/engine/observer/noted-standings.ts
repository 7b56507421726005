import type { InstanceKey } from '../../model/instance.ts';
import { normalName, type Standing } from '../../model/standing.ts';
import type { Store } from '../../ports.ts';
import { orUndefined } from '../or-undefined.ts';

/** Who was confirmed and who was ignored in one cluster. */
export interface NotedStandings {
  /** By normal name; read anew, since another process may have noted something. */
  readonly standings: () => ReadonlyMap<InstanceKey, Standing>;
  readonly noteStanding: (standing: Standing) => void;
}

/**
 * Those that could be read last stand for those that cannot be read now. `dropped`: told which names the journal lets go
 * of meanwhile.
 */
export function notedStandings(
  cluster: string,
  store: Store | undefined,
  dropped: (name: InstanceKey) => void,
): NotedStandings {
  let all: ReadonlyMap<InstanceKey, Standing> = new Map();
  return {
    standings: () => {
      const read = orUndefined(() => store?.standings(cluster));
      if (read !== undefined) {
        const now = byName(read);
        [...all]
          .filter(([name]) => !now.has(name))
          .forEach(([, it]) => {
            dropped(it.name);
          });
        all = now;
      }
      return all;
    },
    noteStanding: (standing) => {
      all = new Map([...all, [normalName(standing.name), standing]]);
      orUndefined(() => store?.noteStandings(cluster, [standing]));
    },
  };
}

function byName(standings: readonly Standing[]): ReadonlyMap<InstanceKey, Standing> {
  return new Map(standings.map((it) => [normalName(it.name), it] as const));
}
