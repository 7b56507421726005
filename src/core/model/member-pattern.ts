import { splitKey, type InstanceKey } from './instance.ts';
import { addressIn, type IpRange, isAddress, readRange } from './ip-range.ts';

/** A rule of the setting `members`: which names belong to a cluster. `port` null: any port. */
export type MemberPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'host'; readonly glob: string; readonly port: number | null }
  | { readonly kind: 'range'; readonly range: IpRange; readonly port: number | null };

export type ReadPattern =
  | { readonly kind: 'read'; readonly pattern: MemberPattern }
  /** `because`: the end of a sentence. */
  | { readonly kind: 'wrong'; readonly because: string };

const example =
  'write a host such as "db*.orders.internal:3306", a range such as "10.20.0.0/16", or "any"';

/** Reads a host with `*` and `?`, an address, or a range of addresses, each with a port or without; or `any`. */
export function readPattern(text: string): ReadPattern {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'any') return { kind: 'read', pattern: { kind: 'any' } };
  const { host, port } = splitPort(trimmed);
  if (port !== null && !(port >= 1 && port <= 65_535)) {
    return wrong('the port must be a number between 1 and 65535');
  }
  const range = readRange(host);
  if (range !== undefined) return { kind: 'read', pattern: { kind: 'range', range, port } };
  if (/^[\p{L}\p{N}._*?-]{1,255}$/u.test(host)) {
    return { kind: 'read', pattern: { kind: 'host', glob: host, port } };
  }
  return wrong(
    host.includes('/') ? 'the range must be an address and a length, as in 10.20.0.0/16' : example,
  );
}

function wrong(because: string): ReadPattern {
  return { kind: 'wrong', because };
}

/**
 * True when the name belongs to one of these. A range matches addresses only, as does a glob that is written like one:
 * names are not looked up, and `10.20.evil.example` may be registered by anybody.
 */
export function matchesAny(name: InstanceKey, patterns: readonly MemberPattern[]): boolean {
  const { host, port } = splitKey(name.toLowerCase());
  return patterns.some((it) => {
    if (it.kind === 'any') return true;
    if (it.port !== null && it.port !== port) return false;
    if (it.kind === 'range') return addressIn(host, it.range);
    return (!meansAddresses(it.glob) || isAddress(host)) && globMatches(it.glob, plainHost(host));
  });
}

function meansAddresses(glob: string): boolean {
  return /^[\d.*?]*\d[\d.*?]*$/.test(glob);
}

/** The dot at the end of a fully qualified name says nothing more. */
function plainHost(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/** An IPv6 address has a port only behind brackets. NaN: there is one, and it is no number. */
function splitPort(text: string): { readonly host: string; readonly port: number | null } {
  const bracketed = text.startsWith('[') ? text.lastIndexOf(']') : -1;
  const isBare = bracketed === -1 && text.split(':').length > 2;
  const colon = isBare ? -1 : text.indexOf(':', bracketed + 1);
  if (colon === -1) return { host: text, port: null };
  const digits = text.slice(colon + 1);
  return {
    host: text.slice(0, colon),
    port: /^\d{1,6}$/.test(digits) ? Number(digits) : Number.NaN,
  };
}

/** `*` stands for any letters, `?` for one. Takes at most the product of both lengths, whatever the pattern. */
function globMatches(glob: string, text: string): boolean {
  let [at, letter] = [0, 0];
  let [star, resume] = [-1, 0];
  while (letter < text.length) {
    if (at < glob.length && (glob[at] === '?' || glob[at] === text[letter])) {
      at += 1;
      letter += 1;
    } else if (glob[at] === '*') {
      star = at;
      resume = letter;
      at += 1;
    } else if (star !== -1) {
      at = star + 1;
      resume += 1;
      letter = resume;
    } else {
      return false;
    }
  }
  while (glob[at] === '*') at += 1;
  return at === glob.length;
}
