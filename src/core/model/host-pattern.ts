import { matchesWildcards } from './wildcard.ts';

/** Address ranges that nobody routes on the Internet: there the first part tells a network well enough. */
const privateNetworks: readonly (readonly [RegExp, string])[] = [
  [/^10\./, '10.%'],
  [/^172\.(1[6-9]|2\d|3[01])\./, '172.%'],
  [/^192\.168\./, '192.168.%'],
];

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * Which host patterns to offer for somebody who is seen to come from these hosts, the narrowest first and `%` last.
 * `seen`: addresses or names, as the servers tell them; nothing seen leaves only `%`.
 */
export function hostPatternsFor(seen: readonly string[]): readonly string[] {
  const hosts = [...new Set(seen.map((it) => it.trim().toLowerCase()).filter((it) => it !== ''))];
  return [...new Set([...commonPatterns(hosts), '%'])];
}

function commonPatterns(hosts: readonly string[]): readonly string[] {
  const patterns = new Set(hosts.map(patternFor));
  const [only] = patterns;
  return patterns.size === 1 && only !== undefined ? [only] : [];
}

function patternFor(host: string): string {
  const [, network] = privateNetworks.find(([range]) => ipv4.test(host) && range.test(host)) ?? [];
  // Whether a server resolves names or not, it knows its own machine by this address.
  const isThisMachine = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return network ?? (isThisMachine ? '127.0.0.1' : host);
}

/** True when a server lets somebody from `host` use an account for `pattern`: `%` and `_` stand for any letters. */
export function hostMatches(pattern: string, host: string): boolean {
  const masked = /^([\d.]+)\/([\d.]+)$/.exec(pattern);
  if (masked !== null) {
    const [network = 0, mask = 0, address = 0] = [masked[1], masked[2], host].map(numberOf);
    return ipv4.test(host) && (address & mask) === (network & mask);
  }
  return matchesWildcards(pattern.toLowerCase(), host.toLowerCase(), { any: '%', one: '_' });
}

function numberOf(address = ''): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
