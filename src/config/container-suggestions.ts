import { nameAmongContainers } from '../core/containers/find-container.ts';
import type { Container, Containers } from '../core/model/container.ts';
import type { ClusterSuggestion } from './cluster-suggestion.ts';

/**
 * The running containers with a server in them. On a network with names they are offered by those, for names stay when
 * ports and addresses change; else by a published port, else by their own address. Those of one compose project stand
 * together, before those of none.
 */
export function suggestContainers({ all, remoteHost }: Containers): readonly ClusterSuggestion[] {
  const servers = all
    .filter((it) => it.isServer && it.state === 'running')
    .toSorted((a, b) => compareProjects(a.project, b.project));
  return servers.flatMap((it) => {
    const way = byName(it, servers) ?? byAddress(it, servers, remoteHost);
    if (way === undefined) {
      return [];
    }
    const group = it.project === null ? (it.networks[0]?.name ?? '') : (it.service ?? '');
    return [
      {
        label: it.name,
        detail: [group, it.image, way.seed].filter((word) => word !== '').join(' · '),
        ...way,
        ...(it.project === null ? {} : { project: it.project }),
        user: null,
        password: null,
      },
    ];
  });
}

function compareProjects(one: string | null, other: string | null): number {
  if (one === null || other === null) {
    return Number(one === null) - Number(other === null);
  }
  return one.localeCompare(other, 'en');
}

type Way = Pick<ClusterSuggestion, 'seed' | 'addresses' | 'network'>;

function byName(it: Container, servers: readonly Container[]): Way | undefined {
  const network = it.networks.find(({ name }) => nameAmongContainers(it, servers, name))?.name;
  const name = network === undefined ? undefined : nameAmongContainers(it, servers, network);
  return name === undefined || network === undefined
    ? undefined
    : { seed: `${name}:${String(it.serverPort)}`, addresses: {}, network };
}

function byAddress(
  it: Container,
  servers: readonly Container[],
  remoteHost: string | null,
): Way | undefined {
  const seed = publishedAt(it, remoteHost) ?? innerAddress(it, remoteHost);
  return seed === undefined
    ? undefined
    : { seed, addresses: addressesAround(it, servers, remoteHost) };
}

function addressesAround(
  { networks }: Container,
  servers: readonly Container[],
  remoteHost: string | null,
): Readonly<Record<string, string>> {
  const near = new Set(networks.map((it) => it.name));
  const pairs = servers
    .filter((it) => it.networks.some(({ name }) => near.has(name)))
    .flatMap((it) => {
      const address = publishedAt(it, remoteHost);
      return address === undefined
        ? []
        : namesOf(it).map((name) => [`${name}:${String(it.serverPort)}`, address] as const);
    });
  return Object.fromEntries(pairs);
}

/** Where the names that only containers know are published, by `name:port` in lower case; none that two containers share. */
export function publishedNames({ all, remoteHost }: Containers): Readonly<Record<string, string>> {
  const servers = all.filter((it) => it.isServer && it.state === 'running');
  const pairs = servers.flatMap((it) => {
    const address = publishedAt(it, remoteHost);
    return address === undefined
      ? []
      : namesOf(it).map((name) => [nameKey(name, it), address] as const);
  });
  const isSole = (name: string): boolean =>
    servers.filter((it) => namesOf(it).some((other) => nameKey(other, it) === name)).length === 1;
  return Object.fromEntries(pairs.filter(([name]) => isSole(name)));
}

function nameKey(name: string, { serverPort }: Container): string {
  return `${name}:${String(serverPort)}`.toLowerCase();
}

function namesOf({ name, hostname, networks }: Container): readonly string[] {
  return [...new Set([name, hostname, ...networks.flatMap((it) => it.aliases)])];
}

function publishedAt(it: Container, remoteHost: string | null): string | undefined {
  const port = it.published.find(({ inner }) => inner === it.serverPort);
  if (port === undefined) {
    return undefined;
  }
  const isAny = port.hostAddress === '' || /^(0\.0\.0\.0|::)$/.test(port.hostAddress);
  const host = remoteHost ?? (isAny ? '127.0.0.1' : port.hostAddress);
  return `${bracketed(host)}:${String(port.hostPort)}`;
}

/** Only the machine that runs them knows the way to it. */
function innerAddress(it: Container, remoteHost: string | null): string | undefined {
  if (it.onHostNetwork) {
    return `${bracketed(remoteHost ?? '127.0.0.1')}:${String(it.serverPort)}`;
  }
  const address = it.networks.find((network) => network.address !== null)?.address ?? null;
  return address === null || remoteHost !== null
    ? undefined
    : `${bracketed(address)}:${String(it.serverPort)}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
