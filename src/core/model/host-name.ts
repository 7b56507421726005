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
  return text.length <= longest && (name.test(text) || ipv6.test(text));
}
