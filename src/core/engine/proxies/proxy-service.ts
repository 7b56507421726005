import { ReplicationError } from '../../model/replication-error.ts';
import type { Topology } from '../../model/topology.ts';
import type { Proxy, ProxyTargets } from '../../ports.ts';
import { targetsNow } from './traffic.ts';

/** How long a proxy may take to follow between plans, in milliseconds. */
const followMs = 1_000;

/** The cluster's proxies, served by the process that keeps the watch: one port cannot be listened on twice. */
export interface ProxyService {
  /** True while they are served here. */
  serves(): boolean;
  /**
   * Opens them when the watch is ours, closes them when it is not, and keeps them on the master between plans. Does not
   * wait for a proxy to follow: one that hangs holds up no round.
   */
  keep(ours: boolean, topology: Topology, planRuns: boolean): Promise<void>;
  /** Each asks all proxies at once, and throws the ReplicationError of the first that fails. */
  readonly traffic: {
    hold(deadlineMs: number): Promise<void>;
    pointAt(targets: ProxyTargets, deadlineMs: number): Promise<void>;
  };
  end(): Promise<void>;
}

export function proxyService(
  proxies: readonly Proxy[],
  log: (level: 'warn', line: string) => void,
): ProxyService {
  let open: readonly Proxy[] = [];
  let told = '';
  const following = new Set<Proxy>();
  /** It is tried again every round, but said once. */
  const tellOnce = (error: unknown): void => {
    const says = error instanceof Error ? error.message : String(error);
    if (says !== told) log('warn', says);
    told = says;
  };
  const end = async (): Promise<void> => {
    const closing = open;
    open = [];
    await Promise.all(closing.map((it) => it.close()));
  };
  const begin = async (): Promise<void> => {
    for (const proxy of proxies.filter((it) => !open.includes(it))) {
      try {
        await proxy.open();
        open = [...open, proxy];
      } catch (error) {
        tellOnce(error);
      }
    }
  };
  return {
    serves: () => open.length > 0,
    keep: async (ours, topology, planRuns) => {
      await (ours ? begin() : end());
      if (planRuns) return;
      for (const proxy of open.filter((it) => !following.has(it))) {
        const targets = targetsNow(topology, proxy.show().target);
        if (targets === undefined) continue;
        following.add(proxy);
        proxy
          .pointAt(targets, followMs)
          .catch(tellOnce)
          .finally(() => following.delete(proxy));
      }
    },
    traffic: {
      hold: (deadlineMs) => all(open, (it) => it.hold(deadlineMs)),
      pointAt: (targets, deadlineMs) => all(open, (it) => pointed(it, targets, deadlineMs)),
    },
    end,
  };
}

/** Points a proxy and asks it whether it leads there. */
async function pointed(proxy: Proxy, targets: ProxyTargets, deadlineMs: number): Promise<void> {
  await proxy.pointAt(targets, deadlineMs);
  const leadsTo = await proxy.verify(deadlineMs);
  if (leadsTo !== targets.master.address) {
    const { listen } = proxy.show();
    throw new ReplicationError(
      'refused-by-check',
      `The proxy on ${listen} leads to ${leadsTo ?? 'no server'}, not to ${targets.master.address}.`,
    );
  }
}

/** Nobody is left out because another one fails. */
async function all(proxies: readonly Proxy[], ask: (proxy: Proxy) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(proxies.map(ask));
  const failed = outcomes.find((it) => it.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
