import type { InstanceKey, Probe } from '../model/instance.ts';
import type { Topology } from '../model/topology.ts';

/**
 * The topology as if this instance still read from `master` and did not hear it: a plan made it read from another
 * replica, which changes nothing of what it is to the dead master.
 */
export function asReplicaOf(topology: Topology, key: InstanceKey, master: InstanceKey): Topology {
  return {
    ...topology,
    members: topology.members.map((it) =>
      it.key === key && it.source !== master
        ? { ...it, source: master, probe: hearingNothing(it.probe) }
        : it,
    ),
  };
}

function hearingNothing(probe: Probe): Probe {
  return probe.kind === 'silent'
    ? probe
    : {
        ...probe,
        server: {
          ...probe.server,
          channels: probe.server.channels.map((it, place) =>
            place === 0 ? { ...it, receiver: 'no' } : it,
          ),
        },
      };
}
