import { isAddress } from './ip-range.ts';

/** A label, a name of several, or an IPv4 address; letters of every script, as resolvers and Docker take them, and `_`. */
const name =
  /^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?)*\.?$/u;

/** With or without brackets, and with the zone that a link-local address needs. */
const ipv6 = /^\[?[0-9a-f:]*:[0-9a-f:.]*(?:%[\w.-]+)?\]?$/i;

/** As long as DNS lets a name be, and as servers keep one. */
const longest = 255;

/**
 * Whether a text can be the name or address of a host. What a server calls another one is only that: nothing else may
 * reach whoever resolves, dials or asks Docker or an SSH host.
 */
export function isHostName(text: string): boolean {
  if (text.length > longest) return false;
  return name.test(text) ? isAddress(text) || !mayBeNumber(text) : ipv6.test(text);
}

/**
 * Resolvers take `010.20.0.1`, `10.1`, `0x0a140001` and `169082881` for addresses, each by rules of its own. A decimal
 * number past 32 bits is none, as the short name of a container may be.
 */
function mayBeNumber(text: string): boolean {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text;
  const last = bare.slice(bare.lastIndexOf('.') + 1);
  const isPast = last === bare && /^[1-9]\d{10,}$/.test(bare);
  return /^(?:\d+|0x[\da-f]*)$/i.test(last) && !isPast;
}
