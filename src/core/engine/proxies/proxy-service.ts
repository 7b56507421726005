import type { Topology } from '../../model/topology.ts';
import type { Proxy } from '../../ports.ts';
import { keepTraffic } from './traffic.ts';

/** The cluster's embedded proxies, served by whoever keeps the watch: one port cannot be listened on twice. */
export interface ProxyService {
  /** True while they are served here. */
  serves(): boolean;
  /** Opens them when the watch is ours, closes them when it is not, and keeps them on the master between plans. */
  keep(ours: boolean, topology: Topology, planRuns: boolean): Promise<void>;
  readonly traffic: { hold(): void; leadTo(address: string): void };
  end(): Promise<void>;
}

export function proxyService(
  proxies: readonly Proxy[],
  log: (level: 'warn', line: string) => void,
): ProxyService {
  let open: readonly Proxy[] = [];
  let told = '';
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
        // It is tried again every round, but said once.
        const says = error instanceof Error ? error.message : String(error);
        if (says !== told) {
          log('warn', says);
        }
        told = says;
      }
    }
  };
  return {
    serves: () => open.length > 0,
    keep: async (ours, topology, planRuns) => {
      await (ours ? begin() : end());
      if (!planRuns) {
        keepTraffic(open, topology);
      }
    },
    traffic: {
      hold: () => {
        open.forEach((it) => {
          it.hold();
        });
      },
      leadTo: (address) => {
        open.forEach((it) => {
          it.leadTo(address);
        });
      },
    },
    end,
  };
}
