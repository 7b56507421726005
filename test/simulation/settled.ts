import type { Channel } from './channel.ts';
import { isOpenMaster } from './invariants.ts';
import type { SimServer } from './server.ts';
import type { SimWorld } from './world.ts';

/**
 * Why a cluster is not in order yet, once nothing happens to it any more; undefined when it is.
 *
 * - I4: every plan that was cut short has ended or was taken back: no record runs, no receiver stands because of us.
 * - I6: a cluster that can be recovered is recovered: one server takes writes, all others follow it, and proxies lead
 *   there. One that wrote what the master lacks, or that the master no longer has the log for, is a person's to rebuild:
 *   it only must not take writes. Replicas that persons moved below another replica stay there.
 *
 * Both are asked of an engine that is armed, acknowledged, and reaches everybody, and only after persons have started
 * and repaired what they can.
 */
export function whyUnsettled(world: SimWorld): { which: 'I4' | 'I6'; says: string } | undefined {
  const left = leftByUs(world);
  if (left !== undefined) return { which: 'I4', says: left };
  const says = notInOrder(world);
  return says === undefined ? undefined : { which: wasCutShort(world) ? 'I4' : 'I6', says };
}

function leftByUs({ monitors }: SimWorld): string | undefined {
  for (const { journal } of monitors) {
    const running = journal.newest().find((it) => it.state === 'running');
    if (running !== undefined) return `${running.kind} ${running.id} still runs`;
    const [stopped] = journal.stopped;
    if (stopped !== undefined) return `the receiver of ${stopped.instance} is noted as stopped`;
  }
  return undefined;
}

function wasCutShort({ monitors }: SimWorld): boolean {
  return monitors.some(({ journal }) =>
    journal.newest().some((it) => it.state === 'interrupted' || it.state === 'failed'),
  );
}

function notInOrder(world: SimWorld): string | undefined {
  const open = world.servers.filter(isOpenMaster);
  const [master, other] = open;
  if (master === undefined) return 'no server takes writes';
  if (other !== undefined) return `${master.key} and ${other.key} take writes`;
  const apart = world.servers.find((it) => it !== master && !isInPlace(world, it, master));
  if (apart !== undefined) return `${apart.key} does not follow ${master.key}`;
  // A host that did not see the promotion cannot tell which of two histories counts.
  const isDivided = world.servers.some((it) => isToRebuild(it, master));
  const led = world.monitors.find(({ port }) => port.serving?.target !== master.key);
  return led === undefined || isDivided
    ? undefined
    : `the proxy on ${led.host} leads to ${led.port.serving?.target ?? 'nobody'}`;
}

function isInPlace(world: SimWorld, server: SimServer, master: SimServer): boolean {
  const { channel } = server;
  if (isToRebuild(server, master)) return true;
  return (
    channel?.hears === true &&
    channel.applierOn &&
    leadsTo(world, server, master) &&
    channel.relay.length < 20
  );
}

function leadsTo(world: SimWorld, server: SimServer, master: SimServer): boolean {
  let at: SimServer | undefined = server;
  for (let hops = 0; hops < world.servers.length && at !== undefined; hops += 1) {
    const source: string | undefined = at.channel?.source;
    if (source === master.key) return true;
    at = world.servers.find((it) => it.key === source);
  }
  return false;
}

/**
 * It holds, or has received, what the master never had, under a name of its own or of somebody else's; or it lost what it
 * wrote itself, which no source gives back to it.
 */
function isToRebuild({ log, channel, id, held }: SimServer, master: SimServer): boolean {
  const strays =
    log.some((it) => !master.held.has(it)) ||
    master.log.some((it) => it.origin === id && !held.has(it));
  const received = channel?.relay.some((it) => !master.held.has(it.transaction)) === true;
  return strays || received || (channel !== undefined && hasLostItsPlace(channel));
}

function hasLostItsPlace({ applierError, receiverError }: Channel): boolean {
  const code = (applierError ?? receiverError)?.code;
  return code === 1950 || code === 1236;
}
