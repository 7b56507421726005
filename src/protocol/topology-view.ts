import type { ClusterState } from '../core/backend.ts';
import { answered, keyOf } from '../core/model/instance.ts';
import type { Channel } from '../core/model/instance.ts';
import { memberOf } from '../core/model/topology.ts';
import type { Topology } from '../core/model/topology.ts';
import { readerName } from './binlog-reader-name.ts';
import { sentences } from './sentences.ts';
import { bannerOf, noteBanner } from './banner-view.ts';
import { cardOf } from './card-view.ts';
import type { ClusterView, EdgeView } from './panel-state.ts';
import { shortLabels } from './short-labels.ts';
import { summaryOf } from './summary-view.ts';
import { treeOrder } from './tree-order.ts';
import type { TreePlace } from './tree-order.ts';
import type { Localizer } from './localizer.ts';

/** One cluster, ready to draw: for the panel, the sidebar tree and the status bar alike. `now`: milliseconds since the epoch. */
export function viewOf(state: ClusterState, words: Localizer, now: number): ClusterView {
  const { topology, findings, containers } = state;
  const labels = shortLabels(topology.members.map((it) => it.key));
  const places = treeOrder(topology);
  const banners = [
    ...findings.map((it) => bannerOf(it, topology.cluster, words)),
    ...(state.notes ?? []).map((it) => noteBanner(it, words)),
  ];
  return {
    cluster: topology.cluster,
    at: topology.at,
    master: topology.master,
    summary: summaryOf(state, { banners, labels, words, now }),
    cards: places.map((it) => cardOf(it, { topology, findings, containers, labels, words, now })),
    edges: places.flatMap((it) => edgesOf(it, topology, findings)),
    banners,
    readers: (topology.readers ?? []).map((it) => ({
      name: readerName(it, words),
      says: words.t(sentences.readsBinlog, { source: it.source }),
    })),
  };
}

function edgesOf(
  { member, parent }: TreePlace,
  topology: Topology,
  findings: ClusterState['findings'],
): readonly EdgeView[] {
  const server = answered(member);
  if (server === undefined || server.channels.length === 0) {
    return member.source === null || memberOf(topology, member.source) === undefined
      ? []
      : [
          {
            from: member.source,
            to: member.key,
            flow: 'unknown',
            kind: kindOf(member.source, parent),
          },
        ];
  }
  const lagging = findings.some((it) => it.code === 'ReplicaLagging' && it.instance === member.key);
  return server.channels.flatMap((channel, index): readonly EdgeView[] => {
    const named = memberOf(topology, keyOf(channel.source.host, channel.source.port))?.key;
    const from = index === 0 ? (member.source ?? named) : named;
    return from === undefined || memberOf(topology, from) === undefined
      ? []
      : [{ from, to: member.key, flow: flowOf(channel, lagging), kind: kindOf(from, parent) }];
  });
}

function kindOf(from: string, parent: string | null): EdgeView['kind'] {
  return from === parent ? 'branch' : 'extra';
}

function flowOf(channel: Channel, lagging: boolean): EdgeView['flow'] {
  if (channel.receiverError !== null || channel.applierError !== null) {
    return 'broken';
  }
  if (channel.receiver !== 'yes' || channel.applier === 'no') {
    return 'stopped';
  }
  return lagging ? 'lagging' : 'flowing';
}
