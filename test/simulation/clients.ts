import type { SimProxy } from './proxy.ts';
import type { Write } from './semi-sync.ts';
import type { SimServer } from './server.ts';
import type { Monitor, SimWorld } from './world.ts';

/** Applications that write through the proxy of a host, and remember what they were told. */
export function writeThrough(world: SimWorld, monitor: Monitor, isOver: () => boolean): void {
  every(world, isOver, () => {
    const proxy = monitor.port.serving;
    const server = world.servers.find((it) => it.key === proxy?.target);
    if (proxy !== undefined && server !== undefined) {
      const { generation } = proxy;
      send(world, server, {
        host: monitor.host,
        isConnected: () => stillLeads(proxy, monitor, generation),
      });
    }
  });
}

/** Applications that know no proxy, and write to whoever took their last write. */
export function writeDirectly(world: SimWorld, isOver: () => boolean): void {
  let place = 0;
  every(world, isOver, () => {
    const server = world.servers[place % world.servers.length];
    if (server === undefined) return;
    if (!server.answers || server.readOnly || server.channel !== undefined) place += 1;
    else send(world, server, { host: 'app', isConnected: () => true });
  });
}

function stillLeads(proxy: SimProxy, { port }: Monitor, generation: number): boolean {
  return port.serving === proxy && proxy.generation === generation;
}

function every(world: SimWorld, isOver: () => boolean, work: () => void): void {
  const { writeEveryMs } = world.scenario;
  world.time.after(world.random.whole(writeEveryMs / 2, writeEveryMs * 1.5), () => {
    if (isOver()) return;
    work();
    every(world, isOver, work);
  });
}

function send(
  world: SimWorld,
  server: SimServer,
  client: { readonly host: string; readonly isConnected: () => boolean },
): void {
  const { network, time } = world;
  if (!network.joins(client.host, server.host)) return;
  const write: Write = {
    client: client.host,
    transaction: undefined,
    server: server.key,
    outcome: undefined,
    at: 0,
    end: (outcome) => {
      if (write.outcome !== undefined) return;
      const wasTold = client.isConnected() && network.joins(client.host, server.host);
      write.outcome = outcome === 'refused' || wasTold ? outcome : 'unknown';
      write.at = time.now;
      if (outcome !== 'refused') world.writes.push(write);
    },
  };
  time.after(network.latency(client.host, server.host), () => {
    server.serve(() => {
      server.commit(write);
    });
  });
}
