import type { Container, Containers } from '../model/container.ts';
import { keyOf } from '../model/instance.ts';
import { isUp } from './find-container.ts';

/** How a port inside a container is reached. */
export type ContainerRoute =
  /** Where the machine publishes it, or where it listens itself. */
  | { readonly kind: 'published'; readonly address: string }
  /** Inside a network of this machine, if the machine reaches it: to be tried. */
  | { readonly kind: 'inside'; readonly address: string; readonly gateway: string }
  /** Through the engine, by a command that runs in the container. */
  | { readonly kind: 'exec'; readonly address: string };

/** How a way through the engine is shown and remembered. Nothing reads it: what it leads to is asked of ExecWays. */
export function execAddress({ name, id }: Pick<Container, 'name' | 'id'>, port: number): string {
  return `docker-exec:${name}@${id.slice(0, shortId)}:${String(port)}`;
}

/** How many digits of an id the engine's own command shows. */
const shortId = 12;

/** The ways to a port of a container, the best first. One that does not run is only found through the engine, which says so. */
export function routesTo(
  container: Container,
  port: number,
  { remoteHost }: Pick<Containers, 'remoteHost'>,
  network?: string,
): readonly ContainerRoute[] {
  const exec: ContainerRoute = { kind: 'exec', address: execAddress(container, port) };
  if (!isUp(container)) {
    return [exec];
  }
  const machine = remoteHost ?? '127.0.0.1';
  if (container.onHostNetwork) {
    return [{ kind: 'published', address: keyOf(machine, port) }, exec];
  }
  const published = container.published
    .filter((it) => it.inner === port)
    .map((it) => ({ host: reachedAt(it.hostAddress, remoteHost), port: it.hostPort }))
    .flatMap((it) => (it.host === undefined ? [] : [keyOf(it.host, it.port)]))
    // An IPv4 address before an IPv6 one.
    .toSorted((a, b) => Number(a.startsWith('[')) - Number(b.startsWith('[')))
    .map((address): ContainerRoute => ({ kind: 'published', address }));
  return [
    ...published.slice(0, 1),
    ...(remoteHost === null ? inside(container, port, network) : []),
    exec,
  ];
}

/** Where a port that listens at `hostAddress` is reached from here; undefined where it is not. */
function reachedAt(hostAddress: string, remoteHost: string | null): string | undefined {
  const everywhere = hostAddress === '' || hostAddress === '0.0.0.0';
  if (remoteHost !== null) {
    const onlyThere = hostAddress.startsWith('127.') || hostAddress === '::1';
    return onlyThere ? undefined : remoteHost;
  }
  if (everywhere) {
    return '127.0.0.1';
  }
  if (hostAddress === '::' || hostAddress === '::1') {
    return '[::1]';
  }
  return hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress;
}

function inside(
  { networks }: Container,
  port: number,
  network: string | undefined,
): readonly ContainerRoute[] {
  return networks
    .filter((it) => network === undefined || it.name === network)
    .flatMap(({ address, gateway }): readonly ContainerRoute[] => {
      if (address === null || gateway === null) {
        return [];
      }
      return [{ kind: 'inside', address: keyOf(address, port), gateway }];
    });
}
