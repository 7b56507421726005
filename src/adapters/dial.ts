import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { isHostName } from '../core/model/host-name.ts';
import { splitKey } from '../core/model/instance.ts';
import { phrase } from '../core/model/phrase.ts';
import { ReplicationError } from '../core/model/replication-error.ts';

/**
 * Bytes to and from a server. Emits `connect` once the server has taken it; each direction ends by itself; `destroy` ends
 * both at once. It fails with Node's codes of a socket (`ECONNREFUSED`, `ENOTFOUND`, ...) where the server is to blame,
 * and with a ReplicationError where the way there is.
 */
export interface ServerStream extends Duplex {
  readonly connecting: boolean;
}

/** How a byte stream to a server is opened. */
export interface Dial {
  /**
   * Makes the way passable, within a few seconds; at once where it is. Rejects with ReplicationError `not-asked` when it is
   * not: nothing follows from that for any server behind it.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** `address`: `host:port` as seen from the far end of the way. Returns at once. */
  open(address: string): ServerStream;
}

/** Each direction ends by itself, and a vanished peer is noticed. */
export const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
} as const;

/** Straight from this machine. */
export const directDial: Dial = {
  prepare: () => Promise.resolve(),
  open: (address) => connect({ ...targetOf(address), ...socketOptions }),
};

/**
 * Opens only what names a host: what a server calls another one may be anything. Throws ReplicationError `not-asked`, for
 * nothing follows from that for any server.
 */
export function namedDial(dial: Dial): Dial {
  return {
    prepare: (signal) => dial.prepare(signal),
    open: (address) => {
      if (isHostName(targetOf(address).host)) return dial.open(address);
      throw new ReplicationError(
        'not-asked',
        phrase('{address} is not asked: that is neither a host name nor an address.', { address }),
      );
    },
  };
}

/** Where an address leads; without the brackets of IPv6. */
export function targetOf(address: string): { readonly host: string; readonly port: number } {
  return splitKey(address);
}
