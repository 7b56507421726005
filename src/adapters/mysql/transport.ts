import { noKey, passingKey, type ShownKey } from '../../core/model/server-key.ts';
import { compareReleases, readVersion } from '../../dialect/version.ts';
import type { Greeting } from './greeting.ts';
import type { TlsMaterial } from './tls-material.ts';

/** How a connection goes on after the greeting. `changed`: not at all. */
export type Transport = 'plain' | 'verified' | 'unverified' | 'changed';

export interface TransportOptions {
  /** As the settings say; undefined: TLS wherever it is offered. */
  readonly tls: TlsMaterial | false | undefined;
  /** Undefined: the server sent an error instead. */
  readonly greeting: Greeting | undefined;
  /** What it showed when our user logged in there before. */
  readonly known: ShownKey | undefined;
  /** Nobody can stand between us and the server. */
  readonly isPrivate: boolean;
  /** An attempt at TLS failed there since we began. */
  readonly isTooOld: boolean;
}

export function transportOf(context: TransportOptions): Transport {
  const { tls, greeting } = context;
  if (tls === false) {
    return 'plain';
  }
  if (tls !== undefined) {
    return tls.verify ? 'verified' : 'unverified';
  }
  // What is no greeting gets no login; should the driver think otherwise, it has to encrypt.
  return greeting === undefined ? 'unverified' : preferred(greeting, context);
}

function preferred(
  greeting: Greeting,
  { known, isPrivate, isTooOld }: TransportOptions,
): Transport {
  const wasEncrypted = known !== undefined && known !== noKey && !isPrivate;
  if (!greeting.offersTls) {
    return wasEncrypted ? 'changed' : 'plain';
  }
  return isTooOld && !wasEncrypted ? 'plain' : 'unverified';
}

/** Whether a key that a server shows is the one that is known; the first one is. */
export function isKnown(shown: ShownKey, known: ShownKey | undefined): boolean {
  return known === undefined || known === noKey || known === shown;
}

/** May a server get the password itself, over TLS that nobody verified? A key that passes proves nothing. */
export function mayShowPassword(shown: ShownKey, isPrivate: boolean): boolean {
  return isPrivate || shown !== passingKey;
}

/** These releases speak versions of TLS only that are given up everywhere. */
export function speaksOldTls(greeting: Greeting): boolean {
  try {
    const { flavor, release } = readVersion(greeting.version, '');
    return compareReleases(release, flavor === 'mysql' ? [5, 7, 28] : [10, 4, 6]) < 0;
  } catch {
    return false;
  }
}
