import { keyOf, type InstanceKey } from '../core/model/instance.ts';

export type ReadAddress =
  | { readonly kind: 'read'; readonly key: InstanceKey }
  /** `because`: the end of a sentence, e.g. "the port must be between 1 and 65535". */
  | { readonly kind: 'wrong'; readonly because: string };

const defaultPort = '3306';

/** Reads `host`, `host:port`, `[ipv6]` or `[ipv6]:port` as a person writes it; a missing port is 3306. */
export function readAddress(text: string): ReadAddress {
  const trimmed = text.trim();
  if (trimmed === '') return wrong('it is empty; write host or host:port');
  if (/:\/\//.test(trimmed)) return wrong('write host or host:port, without a scheme');
  const bracketed = /^(\[[0-9A-Fa-f:.%]+\])(?::(.*))?$/.exec(trimmed);
  if (bracketed) return withPort(bracketed[1] ?? '', bracketed[2]);
  if (trimmed.split(':').length > 2) {
    return wrong('write host:port, and an IPv6 address in brackets, such as [::1]:3306');
  }
  const [host = '', port] = trimmed.split(':');
  return withPort(host, port);
}

function withPort(host: string, port: string | undefined): ReadAddress {
  if (!/^(\[.+\]|[\p{L}\p{N}._-]+)$/u.test(host)) {
    return wrong(
      host === ''
        ? 'the host is missing'
        : 'the host may hold letters, digits, dots and dashes only',
    );
  }
  const digits = port ?? defaultPort;
  const number = /^\d{1,6}$/.test(digits) ? Number(digits) : Number.NaN;
  if (number >= 1 && number <= 65535) return { kind: 'read', key: keyOf(host, number) };
  return wrong('the port must be a number between 1 and 65535');
}

function wrong(because: string): ReadAddress {
  return { kind: 'wrong', because };
}
