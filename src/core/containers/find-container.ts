import type { Container, ContainerNetwork, Containers } from '../model/container.ts';
import { keyOf, splitKey, type InstanceKey } from '../model/instance.ts';
import { isLoopback } from '../model/ip-range.ts';

/** `by`: what of the name was recognised. `port`: where the server listens inside. */
export type ContainerMatch =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'one';
      readonly by: 'published' | 'address' | 'name' | 'hostname';
      readonly container: Container;
      readonly port: number;
    }
  /** The name fits several, so that none may be taken. */
  | { readonly kind: 'many'; readonly containers: readonly Container[] };

const none: ContainerMatch = { kind: 'none' };

/**
 * Which container an instance's name means: by a published port of the machine, an address inside a network, a name or
 * alias (also `db001.mybridge`, as Docker answers reverse look-ups), else the name that it gives itself. `network`: only
 * containers on it count; undefined: all do.
 */
export function findContainer(
  key: InstanceKey,
  { all, remoteHost }: Pick<Containers, 'all' | 'remoteHost'>,
  network?: string,
): ContainerMatch {
  const { host, port } = splitKey(key);
  const name = host.toLowerCase();
  const counted = all.filter((it) => networksIn(it, network).length > 0);
  if (isMachine(name, remoteHost)) {
    return publishedAt(name, port, counted);
  }
  const inside = { port, network };
  const addressed = counted.filter((it) => hasAddress(it, name, network));
  if (addressed.length > 0) {
    return matchOf(addressed, 'address', inside.port);
  }
  const named = counted.filter((it) => isNamed(it, name, network));
  return named.length > 0
    ? matchOf(named, 'name', port)
    : matchOf(
        counted.filter((it) => it.hostname.toLowerCase() === name),
        'hostname',
        port,
      );
}

/**
 * How the other servers call a container: its compose service where that is unique on the network, else its name.
 * Undefined where names do not resolve: on the default network, or none at all.
 */
export function nameAmongContainers(
  container: Container,
  all: readonly Container[],
  network?: string,
): string | undefined {
  const named = networksIn(container, network).filter((it) => !unnamed.has(it.name));
  const [first] = named;
  if (first === undefined) {
    return undefined;
  }
  const { service } = container;
  const isUnique =
    service !== null &&
    first.aliases.includes(service) &&
    all.filter((it) => isNamed(it, service.toLowerCase(), first.name)).length === 1;
  return isUnique ? service : container.name;
}

/** The instance of a container by the name that its peers use; undefined where they use none. */
export function keyAmongContainers(
  match: ContainerMatch,
  all: readonly Container[],
  network?: string,
): InstanceKey | undefined {
  const name =
    match.kind === 'one' ? nameAmongContainers(match.container, all, network) : undefined;
  return name === undefined || match.kind !== 'one' ? undefined : keyOf(name, match.port);
}

/** The servers that run in these containers, by the names that their peers use; those without one are left out. */
export function serversAmong(
  containers: readonly Container[],
  all: readonly Container[],
  network?: string,
): readonly InstanceKey[] {
  return containers
    .filter((it) => it.isServer && isUp(it) && it.networks.length > 0)
    .flatMap((container) => {
      const name = nameAmongContainers(container, all, network);
      return name === undefined ? [] : [keyOf(name, container.serverPort)];
    });
}

/** The networks on which others find it by its name. */
export function namedNetworksOf({ networks }: Container): readonly string[] {
  return networks.map((it) => it.name).filter((it) => !unnamed.has(it));
}

/**
 * Whether a container is of the compose project of one of the others, or with it on a network that somebody made for them.
 * `match`: how it was found: at the published port of one that is down somebody else may listen.
 */
export function isBesideAny(
  match: ContainerMatch | undefined,
  container: Container | undefined,
  others: readonly (Container | undefined)[],
): boolean {
  if (container === undefined || match?.kind !== 'one') {
    return false;
  }
  if (match.by === 'published' && !isUp(container)) {
    return false;
  }
  const { project } = container;
  return others.some(
    (it) =>
      it !== undefined &&
      ((project !== null && it.project === project) ||
        namedNetworksOf(it).some((network) => isOnNetwork(container, network))),
  );
}

export function isOnNetwork({ networks }: Container, network: string): boolean {
  return networks.some((it) => it.name === network);
}

/** Whether a server that calls itself `hostname` may run in it. */
export function callsItself(container: Container, hostname: string): boolean {
  const [own, said] = [container.hostname.toLowerCase(), hostname.toLowerCase()];
  // The engine tells the domain apart.
  return said === own || said.startsWith(`${own}.`);
}

/** Networks on which names do not resolve. */
const unnamed: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'podman']);

function networksIn(
  { networks }: Container,
  network: string | undefined,
): readonly Pick<ContainerNetwork, 'name' | 'aliases' | 'address'>[] {
  if (network !== undefined) {
    return networks.filter((it) => it.name === network);
  }
  return networks.length > 0 ? networks : [{ name: 'none', aliases: [], address: null }];
}

/** This machine, or the one that the engine runs on. */
export function isMachine(host: string, remoteHost: string | null): boolean {
  return remoteHost === null ? isLoopback(host) : host === remoteHost.toLowerCase();
}

/** Of those that were told to open the port, whoever runs has it. Only servers count: a proxy leads to others. */
function publishedAt(
  host: string,
  hostPort: number,
  containers: readonly Container[],
): ContainerMatch {
  const told = containers
    .filter((it) => it.isServer)
    .flatMap((container) =>
      container.published
        .filter((it) => it.hostPort === hostPort && listensAt(it.hostAddress, host))
        .map((it) => ({ container, port: it.inner })),
    );
  const up = told.filter(({ container }) => isUp(container));
  const meant = up.length > 0 ? up : told;
  return matchOf(
    meant.map((it) => it.container),
    'published',
    meant[0]?.port ?? 0,
  );
}

/** Whether what listens at an address of the machine is there for whoever asks `host`, a name of the machine. */
function listensAt(hostAddress: string, host: string): boolean {
  if (hostAddress === '' || hostAddress === '0.0.0.0' || hostAddress === '::') {
    return true;
  }
  if (host === 'localhost') {
    return hostAddress.startsWith('127.') || hostAddress === '::1';
  }
  // Which of its addresses another machine means by its name is not known here.
  return isLoopback(host) ? hostAddress === host : true;
}

function matchOf(
  containers: readonly Container[],
  by: 'published' | 'address' | 'name' | 'hostname',
  port: number,
): ContainerMatch {
  const each = [...new Set(containers)];
  const [container] = each;
  if (container === undefined) {
    return none;
  }
  return each.length === 1
    ? { kind: 'one', by, container, port }
    : { kind: 'many', containers: each };
}

function hasAddress(container: Container, address: string, network: string | undefined): boolean {
  return (
    isUp(container) &&
    networksIn(container, network).some((it) => it.address?.toLowerCase() === address)
  );
}

function isNamed(container: Container, name: string, network: string | undefined): boolean {
  return networksIn(container, network).some((it) => {
    const names = [container.name, ...it.aliases].map((one) => one.toLowerCase());
    const own = it.name.toLowerCase();
    return (
      names.includes(name) ||
      names.some((one) => `${one}.${own}` === name) ||
      (/^[0-9a-f]{12,64}$/.test(name) && container.id.startsWith(name))
    );
  });
}

/** Whether it has processes; a paused one has, though they do not move. */
export function isUp({ state }: Container): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}
