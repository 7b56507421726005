import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  knownHostsLine,
  knownKeyTypes,
  type KnownHostsFile,
} from './known-hosts.ts';
import type { Hop } from './route.ts';
import { TurnedAway } from './trouble.ts';

/** What we offer a host, the best first. */
const algorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Those whose key is known come first: a host with several keys then shows one that can be checked. */
export function hostKeyAlgorithms(hop: Hop): ServerHostKeyAlgorithm[] {
  const known = knownKeyTypes(filesOf(hop), hop.knownAs);
  const isKnown = (it: string): boolean => known.includes(it.startsWith('rsa-') ? 'ssh-rsa' : it);
  return [...algorithms.filter(isKnown), ...algorithms.filter((it) => !isKnown(it))];
}

/** undefined: the host is who it says. Where the person's settings say so, an unknown one is remembered. */
export function doubtOf(hop: Hop, key: Buffer): TurnedAway | undefined {
  const values = valuesOf(hop, key);
  const verdict = judgeHostKey(filesOf(hop), hop.knownAs, key);
  if (verdict.kind === 'trusted') {
    return undefined;
  }
  if (verdict.kind === 'unknown') {
    return doubtOfUnknown(hop, key, verdict.hasOtherKeys);
  }
  const { where } = verdict;
  const says =
    verdict.kind === 'revoked'
      ? phrase(
          'The key of the SSH host {host} ({type} {fingerprint}) is revoked in {where}: nothing is sent there.',
          { ...values, where },
        )
      : phrase(
          'THE KEY OF THE SSH HOST {host} HAS CHANGED: it shows {type} {fingerprint}, but {where} holds another. Somebody may be listening in between. Only if the host was set up anew: remove that line and connect again.',
          { ...values, where },
        );
  return new TurnedAway(new ReplicationError('not-asked', says));
}

/** Adds the key to the person's file. Throws ReplicationError. */
export function rememberHostKey(hop: Hop, key: Buffer): void {
  const file = ownFileOf(hop);
  const salt = hop.hashesKnownHosts ? randomBytes(20) : undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const before = textOf(file);
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    appendFileSync(file, `${gap}${knownHostsLine(hop.knownAs, key, salt)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new ReplicationError(
      'not-asked',
      phrase('The key of the SSH host {host} cannot be added to {file}.', { host: hop.name, file }),
      { cause },
    );
  }
}

function doubtOfUnknown(hop: Hop, key: Buffer, hasOtherKeys: boolean): TurnedAway | undefined {
  const { name, host, port, strictness } = hop;
  if (!hasOtherKeys && (strictness === 'accept-new' || strictness === 'no')) {
    rememberHostKey(hop, key);
    return undefined;
  }
  const file = ownFileOf(hop);
  const command = port === 22 ? `ssh ${name}` : `ssh -p ${String(port)} ${name}`;
  const values = { ...valuesOf(hop, key), command, file };
  const says = new ReplicationError(
    'not-asked',
    hasOtherKeys
      ? phrase(
          'The SSH host {host} shows {type} {fingerprint}: a key of this type is not known of it, though others are. Compare it, then connect once with "{command}", which adds it to {file}.',
          values,
        )
      : phrase(
          'The SSH host {host} is not known: it shows {type} {fingerprint}. Compare it, then connect once with "{command}", which adds it to {file}.',
          values,
        ),
  );
  const { type: keyType, fingerprint } = values;
  return strictness === 'yes'
    ? new TurnedAway(says)
    : new TurnedAway(says, {
        kind: 'trust',
        hop,
        key,
        host: {
          host: host === name ? host : `${name} (${host})`,
          port,
          keyType,
          fingerprint,
          file,
          hasOtherKeys,
        },
      });
}

function valuesOf(
  { name: host }: Hop,
  key: Buffer,
): { readonly host: string; readonly type: string; readonly fingerprint: string } {
  return { host, type: keyTypeOf(key), fingerprint: fingerprintOf(key) };
}

function ownFileOf({ knownHostsFiles: [first = ''] }: Hop): string {
  return first;
}

function filesOf({ knownHostsFiles }: Hop): readonly KnownHostsFile[] {
  return knownHostsFiles.map((file) => ({ file, text: textOf(file) }));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
