import { keyOf, type InstanceKey, type Server } from '../model/instance.ts';
import { contains } from '../model/position.ts';
import { executedOf } from '../model/server-position.ts';

/** How far apart two readings of one server's start may lie: it tells whole seconds, and an answer may be late. */
const startWithinMs = 5_000;

/** A server that answered under some name. */
export interface Seen {
  readonly name: InstanceKey;
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly server: Server;
}

/**
 * Whether two names lead to one server. It gives the same uuid, server id, host name and port under both; but a cloned
 * machine gives them too, so whatever one server cannot be at one moment makes them two: of another start, writable and
 * read-only, reading from different sources or from each other, or each with transactions that the other lacks.
 */
export function isSameServer(a: Seen, b: Seen): boolean {
  const same = identityOf(a.server) === identityOf(b.server);
  return same && (a.address === b.address || !differs(a, b));
}

/** What a server says of itself; a copy says the same. */
export function identityOf(server: Server): string {
  return [server.serverUuid ?? '', server.serverId, server.hostname, server.port].join('/');
}

function differs(a: Seen, b: Seen): boolean {
  return (
    Math.abs(startOf(a) - startOf(b)) > startWithinMs ||
    a.server.readOnly !== b.server.readOnly ||
    sourcesOf(a.server).join() !== sourcesOf(b.server).join() ||
    readsFrom(a, b) ||
    readsFrom(b, a) ||
    !isComparable(a.server, b.server)
  );
}

function startOf({ at, server }: Seen): number {
  return at - server.uptimeSeconds * 1000;
}

function sourcesOf({ channels }: Server): readonly InstanceKey[] {
  return channels.map((it) => keyOf(it.source.host, it.source.port)).toSorted();
}

function readsFrom({ server }: Seen, { name, address }: Seen): boolean {
  return sourcesOf(server).some((it) => it === name || it === address);
}

/** Of two looks at one server, the later holds all that the earlier held. */
function isComparable(a: Server, b: Server): boolean {
  const [mine, theirs] = [executedOf(a), executedOf(b)];
  return (
    mine === null ||
    theirs === null ||
    mine.kind !== theirs.kind ||
    mine.kind === 'file' ||
    contains(mine, theirs) ||
    contains(theirs, mine)
  );
}
