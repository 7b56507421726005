import { BlockList, isIP } from 'node:net';
import { readAddress } from '../../config/address.ts';
import { splitKey } from '../../core/model/instance.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';

/** One end of the way through a proxy. */
export interface Endpoint {
  /** `host:port`, as it was written. */
  readonly address: string;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Throws ReplicationError when this is no `host:port`. */
export function endpointOf(address: string): Endpoint {
  const read = readAddress(address);
  if (read.kind === 'wrong') {
    throw new ReplicationError(
      'refused-by-check',
      `The proxy cannot use the address "${address}": ${read.because}.`,
    );
  }
  const { host, port } = splitKey(read.key);
  return { address: read.key, host, port };
}

/** Where a proxy may listen. Throws ReplicationError for an address that other machines could reach. */
export function loopbackEndpointOf(address: string): Endpoint {
  const endpoint = endpointOf(address);
  if (!isLoopback(endpoint.host)) {
    throw new ReplicationError(
      'refused-by-check',
      `The proxy does not listen on ${endpoint.address}: other machines could reach it there; use 127.0.0.1:${String(endpoint.port)}.`,
    );
  }
  return endpoint;
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0
    ? host.toLowerCase() === 'localhost'
    : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
