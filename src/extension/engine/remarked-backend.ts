import type { ClusterBackend, ClusterState } from '../../core/backend.ts';
import type { Finding } from '../../core/model/finding.ts';
import { withFindings } from './settings-findings.ts';

/** The same cluster, with findings beside those of its engine. `remarks`: asked anew for every state. */
export function remarked(
  backend: ClusterBackend,
  remarks: (state: ClusterState) => readonly Finding[],
): ClusterBackend {
  const told = (state: ClusterState): ClusterState => withFindings(state, remarks(state));
  return {
    cluster: backend.cluster,
    current: () => {
      const state = backend.current();
      return state === undefined ? undefined : told(state);
    },
    onState: (listener) => backend.onState((state) => listener(told(state))),
    refresh: async (signal) => told(await backend.refresh(signal)),
    plan: async (wish, signal) => backend.plan(wish, signal),
    sources: async (instance, signal) => backend.sources(instance, signal),
    locks: async (signal) => backend.locks(signal),
    checkUp: async (signal) => backend.checkUp(signal),
    run: async (plan, signal) => backend.run(plan, signal),
    watch: async (signal, automatic) => backend.watch(signal, automatic),
    close: () => backend.close(),
  };
}
