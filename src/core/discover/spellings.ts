import { keyOf, splitKey, type Channel, type InstanceKey, type Server } from '../model/instance.ts';

/** Names that replicas use for what they read from, and what they know of it beside the name. */
export interface Spellings {
  /**
   * What one silent server is, under whatever name its replicas know it: its uuid, or its server id and port. Undefined
   * for a name of which nobody tells, or of which replicas tell different things.
   */
  identityOf(name: InstanceKey): string | undefined;
  /** Whether two names stand in the channels of one server: no server reads from another twice. */
  areTwo(a: InstanceKey, b: InstanceKey): boolean;
}

/** Reads what the channels of all who answered tell of their sources. */
export function spellingsIn(servers: readonly Server[]): Spellings {
  const told = new Map<InstanceKey, ReadonlySet<string>>();
  const together = servers.map((it) => it.channels.map(nameOf));
  for (const channel of servers.flatMap((it) => it.channels)) {
    const identity = identityIn(channel);
    const name = nameOf(channel);
    if (identity !== undefined) {
      told.set(name, new Set([...(told.get(name) ?? []), identity]));
    }
  }
  return {
    identityOf: (name) => {
      const [identity, ...others] = told.get(name) ?? [];
      return others.length === 0 ? identity : undefined;
    },
    areTwo: (a, b) => together.some((it) => it.includes(a) && it.includes(b)),
  };
}

/**
 * Whether `server` is what `reader` reads from under a name that leads nowhere from here: both say so, at this moment.
 * That a uuid or server id is the same would not be enough: a copy of a dead master has them too.
 */
export function isReadAs(name: InstanceKey, reader: Server, server: Server): boolean {
  const channel = reader.channels.find((it) => nameOf(it) === name);
  const counts = server.replicas.some((it) => it.serverId === reader.serverId);
  return (
    channel?.receiver === 'yes' &&
    counts &&
    reader !== server &&
    (channel.sourceUuid === null || server.serverUuid === null
      ? channel.sourceServerId === server.serverId
      : channel.sourceUuid === server.serverUuid)
  );
}

export function nameOf({ source }: Channel): InstanceKey {
  return keyOf(source.host, source.port);
}

function identityIn(channel: Channel): string | undefined {
  if (channel.sourceUuid !== null && channel.sourceUuid !== '') {
    return `uuid ${channel.sourceUuid}`;
  }
  const { port } = splitKey(nameOf(channel));
  return channel.sourceServerId === 0
    ? undefined
    : `id ${String(channel.sourceServerId)} at port ${String(port)}`;
}
