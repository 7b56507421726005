import type { Container } from '../../../src/core/model/container.ts';

/** A running server `name` on `mybridge`, without published ports. */
export function container(name: string, parts: Partial<Container> = {}): Container {
  return {
    id: Buffer.from(name).toString('hex').padEnd(64, '0'),
    name,
    image: 'mysql:8.4',
    state: 'running',
    exitCode: null,
    error: '',
    startedAt: '2026-11-28T01:00:00Z',
    project: null,
    service: null,
    hostname: name,
    networks: [onNetwork('mybridge', `172.18.0.${String(Number(name.replaceAll(/\D/g, '')) + 1)}`)],
    onHostNetwork: false,
    published: [],
    isServer: true,
    serverPort: 3306,
    ...parts,
  };
}

export function onNetwork(
  name: string,
  address: string | null,
  aliases: readonly string[] = [],
): Container['networks'][number] {
  return { name, aliases, address, gateway: '172.18.0.1' };
}

/** Of `3306`, at this port of the machine. */
export function publishedAt(
  hostPort: number,
  hostAddress = '127.0.0.1',
): Container['published'][number] {
  return { inner: 3306, hostAddress, hostPort };
}
