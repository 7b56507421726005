import type { Action } from '../../src/core/model/plan.ts';
import type { Position } from '../../src/core/model/position.ts';
import { ReplicationError } from '../../src/core/model/replication-error.ts';
import { executedOf } from '../../src/core/model/server-position.ts';
import { answerOf, placeOf } from './answer.ts';
import { Channel } from './channel.ts';
import type { SimServer } from './server.ts';

/** What an action at a server came to: done, or to be asked again a moment later. */
export type Outcome =
  { readonly kind: 'done'; readonly position?: Position } | { readonly kind: 'wait' };

const done: Outcome = { kind: 'done' };
const wait: Outcome = { kind: 'wait' };

function refuse(text: string): never {
  throw new ReplicationError('refused-by-check', text);
}

function channelOf(server: SimServer): Channel {
  return server.channel ?? refuse(`${server.key} reads from nobody.`);
}

type Performer<Kind extends Action['do']> = (
  server: SimServer,
  action: Extract<Action, { readonly do: Kind }>,
) => Outcome;

/** Done as soon as it is said. Keeping to the settings of real servers, none of them waits. */
function at(change: (server: SimServer) => void): (server: SimServer) => Outcome {
  return (server) => {
    change(server);
    return done;
  };
}

/** What each action does to a server, but those that compare with a mark. */
const performers: {
  readonly [Kind in Action['do']]?: Performer<Kind>;
} = {
  'set-read-only': (server) => {
    // Commits that wait for a replica hold it up, and nobody else may commit meanwhile.
    server.closing = server.source.waitingSessions > 0;
    if (server.closing) return wait;
    server.readOnly = true;
    return done;
  },
  'set-writable': at((server) => {
    server.readOnly = false;
    server.closing = false;
  }),
  'verify-open': (server, { before }) =>
    !before && server.readOnly ? refuse(`${server.key} is read-only.`) : done,
  'verify-closable': () => done,
  'end-writers': at((server) => {
    server.source.cutClients();
  }),
  'wait-until-applied': (server) => {
    const channel = channelOf(server);
    if (channel.relay.length === 0) return done;
    return channel.applierOn ? wait : refuse(`The applier of ${server.key} stopped.`);
  },
  'start-applier': at((server) => channelOf(server).startApplier()),
  'stop-receiver': at((server) => channelOf(server).stopReceiver()),
  'start-receiver': at((server) => channelOf(server).startReceiver()),
  'stop-replication': at((server) => {
    server.channel?.stopReceiver();
    server.channel?.stopApplier();
  }),
  'start-replication': at((server) => {
    channelOf(server).startApplier();
    channelOf(server).startReceiver();
  }),
  'set-delay': at((server) => {
    channelOf(server).delaySeconds = 0;
  }),
  'forget-source': at((server) => {
    server.channel?.stopReceiver();
    server.channel = undefined;
  }),
  'point-at': (server, { source, place, connectRetrySeconds }) => {
    if (server.channel?.receiverOn === true || server.channel?.applierOn === true) {
      return refuse(`${server.key} replicates: it must be stopped first.`);
    }
    if (place.by === 'gtid' && place.adopt) server.slavePosition = server.log.at(-1);
    server.channel = new Channel(server, source, connectRetrySeconds);
    return done;
  },
  'verify-replicating': (server, { source }) => {
    const { channel } = server;
    if (channel?.source !== source) return refuse(`${server.key} reads from elsewhere.`);
    const gaveUp =
      channel.applierError !== null || (!channel.receiverOn && channel.receiverError !== null);
    if (gaveUp) return refuse(`${server.key} does not replicate.`);
    return channel.receiver === 'yes' && channel.applierOn ? done : wait;
  },
  'set-semi-sync': (server, { source, replica }) => {
    server.source.set(source);
    server.semiSyncReplica = replica;
    return done;
  },
  'switch-event-scheduler': () => done,
  'enable-events': () => done,
};

/** Throws ReplicationError where the server refuses, and for what is not simulated. */
export function performOn<Kind extends Action['do']>(
  server: SimServer,
  action: Extract<Action, { readonly do: Kind }> & { readonly do: Kind },
): Outcome {
  const performer: Performer<Kind> | undefined = performers[action.do];
  if (performer === undefined) {
    throw new ReplicationError('statement-failed', `${action.do} is not simulated.`);
  }
  return performer(server, action);
}

export function positionOf(
  server: SimServer,
  reads: Extract<Action, { do: 'mark-position' }>['reads'],
): Position {
  if (reads === 'executed') {
    return executedOf(answerOf(server)) ?? refuse(`${server.key} tells no position.`);
  }
  return reads === 'own-binlog'
    ? { kind: 'file', source: server.key, at: placeOf(server.log.length) }
    : {
        kind: 'file',
        source: channelOf(server).source,
        at: placeOf(channelOf(server).appliedPlace),
      };
}
