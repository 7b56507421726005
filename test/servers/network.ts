import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { beginningOf } from '../../src/adapters/lab/processes.ts';
import { openSideDoor, type SideDoor } from './side-door.ts';

const run = promisify(execFile);
const prefix = 'swt';
let made = 0;

/** One machine of a network: processes that `command` starts see only its network. */
export interface Host {
  readonly name: string;
  readonly address: string;
  /** Goes before a program and its arguments. */
  readonly command: readonly string[];
}

/**
 * A network of its own: every host is a network namespace with an address on one bridge. This process reaches all of
 * them from `outside`. Needs root and Linux.
 */
export interface Network {
  readonly outside: string;
  readonly hosts: readonly Host[];
  host(name: string): Host;
  /** Packets between a host and any of the others get lost without a word; `outside` is one too. */
  cut(name: string, ...others: readonly string[]): Promise<void>;
  /** Every packet to and from these hosts gets lost. */
  isolate(...names: readonly string[]): Promise<void>;
  /** Whoever connects to this port of 127.0.0.1 comes to it inside that host, until the network is removed. */
  openDoor(name: string, port: number): Promise<void>;
  /** All packets come through again. */
  heal(): Promise<void>;
  remove(): Promise<void>;
}

/** Says why no network can be made here; undefined when it can. */
export async function whyNoNetwork(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'a network of its own needs root on Linux';
  }
  const name = `${prefix}-${String(process.pid)}-0-try`;
  try {
    await ip('netns', 'add', name);
    await ip('netns', 'exec', name, 'iptables', '-w', '-L', '-n');
    await ip('link', 'add', `${prefix}b${String(process.pid)}`, 'type', 'bridge');
    return undefined;
  } catch {
    return 'network namespaces do not work here';
  } finally {
    await orUndefined('netns', 'del', name);
    await orUndefined('link', 'del', `${prefix}b${String(process.pid)}`);
  }
}

/** Makes a network with a host for each name. To be removed with `remove`; `sweepNetworks` clears what a killed run left. */
export async function makeNetwork(names: readonly string[]): Promise<Network> {
  await sweepNetworks();
  made += 1;
  const mark = `${String(process.pid)}-${String(made)}`;
  const bridge = `${prefix}b${mark}`;
  const base = await freeSubnet();
  const hosts = names.map((name, place): Host => {
    const space = `${prefix}-${mark}-${name}`;
    const address = `${base}.${String(11 + place)}`;
    return { name, address, command: ['ip', 'netns', 'exec', space] };
  });
  try {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('addr', 'add', `${base}.1/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    // Where bridged packets pass the firewall, whose default may be to drop them.
    await run('iptables', ['-w', '-I', ...passOf(bridge)]);
    for (const [place, host] of hosts.entries()) {
      await addHost(host, bridge, `${prefix}${mark}${String(place)}`);
    }
  } catch (error) {
    await removeNetwork(bridge, mark);
    throw error;
  }
  return networkOf(hosts, `${base}.1`, () => removeNetwork(bridge, mark));
}

/** Removes the networks of test runs that were killed. */
export async function sweepNetworks(): Promise<void> {
  const marks = new Set<string>();
  for (const space of await spaces()) {
    const found = new RegExp(`^${prefix}-((\\d+)-\\d+)-`).exec(space);
    if (found !== null && (await beginningOf(Number(found[2]))) === undefined) {
      marks.add(found[1] ?? '');
    }
  }
  for (const mark of marks) {
    await removeNetwork(`${prefix}b${mark}`, mark);
  }
}

function networkOf(hosts: readonly Host[], outside: string, remove: () => Promise<void>): Network {
  const find = (name: string): Host => {
    const found = hosts.find((it) => it.name === name);
    if (found === undefined) throw new Error(`There is no host ${name}.`);
    return found;
  };
  const addressOf = (name: string): string => (name === 'outside' ? outside : find(name).address);
  const doors: SideDoor[] = [];
  return {
    outside,
    hosts,
    host: find,
    async openDoor(name, port) {
      doors.push(await openSideDoor(find(name), port));
    },
    async cut(name, ...others) {
      for (const address of others.map(addressOf)) {
        await rule(find(name), '-I', 'INPUT', '-s', address);
        await rule(find(name), '-I', 'OUTPUT', '-d', address);
      }
    },
    async isolate(...names) {
      for (const host of names.map(find)) {
        await rule(host, '-I', 'INPUT', '!', '-i', 'lo');
        await rule(host, '-I', 'OUTPUT', '!', '-o', 'lo');
      }
    },
    async heal() {
      for (const { command } of hosts) await inside(command, 'iptables', '-w', '-F');
    },
    async remove() {
      doors.forEach((it) => {
        it.close();
      });
      await remove();
    },
  };
}

async function addHost({ address, command }: Host, bridge: string, link: string): Promise<void> {
  const space = command.at(-1) ?? '';
  await ip('netns', 'add', space);
  await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
  await ip('link', 'set', link, 'master', bridge, 'up');
  await ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
  await ip('-n', space, 'link', 'set', 'lo', 'up');
  await ip('-n', space, 'link', 'set', 'eth0', 'up');
}

/** A space lives on without a name, and keeps its link, while the system still tries to end connections through it. */
async function removeNetwork(bridge: string, mark: string): Promise<void> {
  const { stdout } = await ip('-o', 'link');
  for (const [, link = ''] of stdout.matchAll(new RegExp(`(${prefix}${mark}\\d)@`, 'g'))) {
    await orUndefined('link', 'del', link);
  }
  for (const space of await spaces()) {
    if (space.startsWith(`${prefix}-${mark}-`)) await orUndefined('netns', 'del', space);
  }
  await run('iptables', ['-w', '-D', ...passOf(bridge)]).catch(() => undefined);
  await orUndefined('link', 'del', bridge);
}

function passOf(bridge: string): readonly string[] {
  return ['FORWARD', '-i', bridge, '-o', bridge, '-j', 'ACCEPT'];
}

async function rule({ command }: Host, ...what: readonly string[]): Promise<void> {
  await inside(command, 'iptables', '-w', ...what, '-j', 'DROP');
}

async function spaces(): Promise<readonly string[]> {
  const { stdout } = await ip('netns', 'list');
  return stdout.split('\n').flatMap((it) => it.split(' ')[0] ?? []);
}

/** Of the private addresses, one that no link of this machine uses. */
async function freeSubnet(): Promise<string> {
  const { stdout } = await ip('-4', 'route');
  for (;;) {
    const base = `10.${String(randomInt(200, 250))}.${String(randomInt(1, 255))}`;
    if (!stdout.includes(`${base}.`)) return base;
  }
}

function inside(
  [program = '', ...before]: readonly string[],
  ...words: readonly string[]
): Promise<unknown> {
  return run(program, [...before, ...words]);
}

function ip(...words: readonly string[]): Promise<{ readonly stdout: string }> {
  return run('ip', [...words]);
}

async function orUndefined(...words: readonly string[]): Promise<void> {
  await ip(...words).catch(() => undefined);
}
