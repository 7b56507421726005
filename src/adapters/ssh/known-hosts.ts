import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { matchesWildcards } from '../../core/model/wildcard.ts';

/** One file of known hosts: its name, for messages, and its text. */
export interface KnownHostsFile {
  readonly file: string;
  readonly text: string;
}

export interface HostName {
  /** Host name, address or `HostKeyAlias`. */
  readonly host: string;
  readonly port: number;
}

/** What the files say of a key that a host showed. */
export type HostKeyVerdict =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unknown'; readonly hasOtherKeys: boolean }
  /** `where`: `file:line` of the key that it should have. */
  | { readonly kind: 'changed'; readonly where: string }
  | { readonly kind: 'revoked'; readonly where: string };

interface KnownKey {
  readonly marker: string | undefined;
  readonly hosts: string;
  readonly type: string;
  readonly key: string;
  readonly where: string;
}

/** Judges as `ssh` does: a name with its port first, then, for a key that is known there, without it. */
export function judgeHostKey(
  files: readonly KnownHostsFile[],
  name: HostName,
  key: Buffer,
): HostKeyVerdict {
  const shown = key.toString('base64');
  const all = files.flatMap(knownKeysOf);
  const revoked = all.find(
    (it) => it.marker === '@revoked' && it.key === shown && matchesHost(it.hosts, name),
  );
  if (revoked !== undefined) {
    return { kind: 'revoked', where: revoked.where };
  }
  const plain = all.filter((it) => it.marker === undefined);
  const ofName = plain.filter((it) => matchesHost(it.hosts, name));
  const ofHost = plain.filter((it) => matchesHost(it.hosts, { ...name, port: 22 }));
  if (ofName.some((it) => it.key === shown) || ofHost.some((it) => it.key === shown)) {
    return { kind: 'trusted' };
  }
  const instead = ofName.find((it) => it.type === keyTypeOf(key));
  return instead === undefined
    ? { kind: 'unknown', hasOtherKeys: ofName.length > 0 }
    : { kind: 'changed', where: instead.where };
}

/** Types of the keys that are known of a host: the server is asked for these first. */
export function knownKeyTypes(files: readonly KnownHostsFile[], name: HostName): readonly string[] {
  const known = files
    .flatMap(knownKeysOf)
    .filter(
      (it) =>
        it.marker === undefined &&
        (matchesHost(it.hosts, name) || matchesHost(it.hosts, { ...name, port: 22 })),
    );
  return [...new Set(known.map((it) => it.type))];
}

/** The line that makes a key known. `salt`: 20 random bytes hide the name, as `HashKnownHosts` asks. */
export function knownHostsLine(name: HostName, key: Buffer, salt: Buffer | undefined): string {
  const plain = spelled(name);
  const shown = salt === undefined ? plain : `|1|${salt.toString('base64')}|${hashOf(salt, plain)}`;
  return `${shown} ${keyTypeOf(key)} ${key.toString('base64')}`;
}

/** The first field of a public key: its length in four bytes, then its letters. */
export function keyTypeOf(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

/** As `ssh` shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function knownKeysOf({ file, text }: KnownHostsFile): readonly KnownKey[] {
  return text.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
    const [hosts, type, key] = words;
    return hosts === undefined || hosts.startsWith('#') || type === undefined || key === undefined
      ? []
      : [{ marker, hosts, type, key, where: `${file}:${String(index + 1)}` }];
  });
}

function matchesHost(hosts: string, name: HostName): boolean {
  const spelling = spelled(name);
  if (hosts.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = hosts.split('|');
    return sameText(hash, hashOf(Buffer.from(salt, 'base64'), spelling));
  }
  const patterns = hosts.toLowerCase().split(',');
  const matches = (pattern: string): boolean =>
    matchesWildcards(pattern, spelling, { any: '*', one: '?' });
  return (
    patterns.some((it) => !it.startsWith('!') && matches(it)) &&
    !patterns.some((it) => it.startsWith('!') && matches(it.slice(1)))
  );
}

function spelled({ host, port }: HostName): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${String(port)}`;
}

function hashOf(salt: Buffer, name: string): string {
  return createHmac('sha1', salt).update(name).digest('base64');
}

function sameText(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
