// Many servers in one process, each on a port of its own, that say what two real ones said. It is started by `fork`, told
// what to simulate, and asked how often its servers were looked at.
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import { portOf } from '../../servers/fault-proxy.ts';
import { inLikeness, type Person } from './likeness.ts';
import { Twin } from './twin.ts';
import { greeting, numbered, okPacket, packetsOf } from './wire.ts';

export interface Wish {
  readonly twins: { readonly master: Person; readonly replica: Person };
  readonly version: string;
  readonly clusters: number;
  /** The `server_id` of the first; the others count on. */
  readonly firstId: number;
  /** Servers of each cluster, the master with them. */
  readonly size: number;
  /** PEM texts; undefined: no TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** Since the last report. */
export interface Looks {
  /** How often all servers were looked at. */
  readonly looks: number;
  /** The longest time that one waited for its next look. */
  readonly longestWaitMs: number;
  /** What it took to answer; undefined where that is not known. */
  readonly cpuMs: number | undefined;
}

interface Simulated {
  readonly master: Person;
  readonly replicas: Person[];
  readonly self: Person | undefined;
  readonly twin: Twin;
  readonly said: Map<string, { readonly tick: number; readonly bytes: Buffer; packets: number }>;
  lookedAt: number | undefined;
}

const look = 'SHOW GLOBAL VARIABLES WHERE';
const statementEnd = ';\n';
const commands = { query: 0x03, ping: 0x0e } as const;
const tlsRequestBytes = 32;
let looks = 0;
let longestWaitMs = 0;
let connections = 0;
let usedBefore = process.cpuUsage();
const beganAt = performance.now();
/** Statements whose answer is another one a second later. */
const moving = new Map<string, boolean>();

process.on('message', (message: Wish | 'report') => {
  if (message === 'report') {
    const { user, system } = process.cpuUsage(usedBefore);
    process.send?.({ looks, longestWaitMs, cpuMs: (user + system) / 1_000 } satisfies Looks);
    usedBefore = process.cpuUsage();
    looks = 0;
    longestWaitMs = 0;
  } else {
    void simulate(message).then((ports) => process.send?.(ports));
  }
});
process.on('disconnect', () => process.exit());

/** The ports of each cluster, the master's first. */
async function simulate(wish: Wish): Promise<readonly (readonly number[])[]> {
  const masterTwin = new Twin(wish.twins.master.port);
  const replicaTwin = new Twin(wish.twins.replica.port);
  const clusters: (readonly number[])[] = [];
  for (let cluster = 0; cluster < wish.clusters; cluster += 1) {
    const listeners: Server[] = [];
    for (let place = 0; place < wish.size; place += 1) {
      const listener = createServer({ noDelay: true }).listen(0, '127.0.0.1');
      await once(listener, 'listening');
      listeners.push(listener);
    }
    const people = listeners.map((it, place) =>
      personOf(portOf(it), wish.firstId + cluster * wish.size + place, wish.twins.master.uuid),
    );
    const [master, ...replicas] = people;
    if (master === undefined) throw new Error('A cluster has at least one server.');
    listeners.forEach((listener, place) => {
      const self = place === 0 ? undefined : people[place];
      const twin = place === 0 ? masterTwin : replicaTwin;
      const simulated = { master, replicas, self, twin, said: new Map(), lookedAt: undefined };
      listener.on('connection', (socket) => {
        serve(socket, simulated, wish);
      });
    });
    clusters.push(people.map(({ port }) => port));
  }
  return clusters;
}

function personOf(port: number, serverId: number, uuid: string | undefined): Person {
  const tail = serverId.toString(16).padStart(12, '0');
  return { port, serverId, uuid: uuid === undefined ? undefined : `${uuid.slice(0, 24)}${tail}` };
}

function serve(raw: Socket, simulated: Simulated, wish: Wish): void {
  let socket: Socket = raw;
  let isIn = false;
  let rest: Buffer = Buffer.alloc(0);
  raw.on('error', () => undefined);
  const encrypt = (keys: NonNullable<Wish['tls']>): void => {
    raw.off('data', take).pause();
    if (rest.length > 0) raw.unshift(rest);
    rest = Buffer.alloc(0);
    socket = new TLSSocket(raw, { isServer: true, ...keys });
    socket.on('error', () => undefined).on('data', take);
  };
  const logIn = (payload: Buffer, number: number): void => {
    if (wish.tls !== undefined && payload.length === tlsRequestBytes && socket === raw) {
      encrypt(wish.tls);
    } else {
      isIn = true;
      socket.write(numbered([okPacket()], number + 1));
    }
  };
  const hear = (payload: Buffer): void => {
    if (payload[0] === commands.query) {
      void say(socket, payload.toString('utf8', 1), simulated, wish);
    } else if (payload[0] === commands.ping) {
      socket.write(numbered([okPacket()], 1));
    }
  };
  const take = (piece: Buffer): void => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
      const end = 4 + rest.readUIntLE(0, 3);
      const [payload, number] = [rest.subarray(4, end), rest[3] ?? 0];
      rest = rest.subarray(end);
      if (isIn) hear(payload);
      else logIn(payload, number);
    }
  };
  raw.on('data', take);
  connections += 1;
  raw.write(numbered([greeting(wish.version, connections, wish.tls !== undefined)], 0));
}

async function say(socket: Socket, text: string, simulated: Simulated, wish: Wish): Promise<void> {
  const statements = text.split(statementEnd);
  if (statements.some((it) => it.startsWith(look))) noteLook(simulated);
  const pieces: Buffer[] = [];
  let number = 1;
  for (const [place, sql] of statements.entries()) {
    const isLast = place === statements.length - 1;
    const { bytes, packets } = await answered(sql, { number, more: !isLast }, simulated, wish);
    pieces.push(bytes);
    number += packets;
    // An error packet ends all.
    if (bytes[4] === 0xff) break;
  }
  if (!socket.destroyed) socket.write(Buffer.concat(pieces));
}

async function answered(
  sql: string,
  { number, more }: { readonly number: number; readonly more: boolean },
  simulated: Simulated,
  { twins }: Wish,
): Promise<{ readonly bytes: Buffer; readonly packets: number }> {
  const tick = Math.floor((performance.now() - beganAt) / 1_000);
  const key = `${String(number)} ${String(more)} ${sql}`;
  const said = simulated.said.get(key);
  if (said !== undefined && (said.tick === tick || moving.get(sql) === false)) return said;
  const learnt = await simulated.twin.answer(sql);
  const { master, replicas, self } = simulated;
  const at = (now: number) =>
    packetsOf(inLikeness(learnt, { twins, master, replicas, self, tick: now }), more);
  const packets = at(tick);
  if (!moving.get(sql)) {
    moving.set(sql, !Buffer.concat(packets).equals(Buffer.concat(at(tick + 1))));
  }
  const fresh = { tick, bytes: numbered(packets, number), packets: packets.length };
  simulated.said.set(key, fresh);
  return fresh;
}

function noteLook(simulated: Simulated): void {
  const now = performance.now();
  looks += 1;
  longestWaitMs = Math.max(longestWaitMs, now - (simulated.lookedAt ?? now));
  simulated.lookedAt = now;
}
