import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { isLoopback } from '../../core/model/ip-range.ts';
import { noKey, passingKey, type ServerKey, type ShownKey } from '../../core/model/server-key.ts';
import type { Store } from '../../core/ports.ts';
import { targetOf } from '../dial.ts';
import type { Greeting } from './greeting.ts';
import { isKnown } from './transport.ts';

export interface TrustOptions {
  readonly cluster: string;
  /** undefined: what was seen is known to this process only. */
  readonly store: Pick<Store, 'serverKeys' | 'noteServerKey'> | undefined;
  /** Beside loopback: whether an address leads into a container, where nobody stands between. */
  readonly leadsIntoContainer: (address: string) => boolean;
  /** The settings let a password be encrypted with a key that the server just sent. */
  readonly allowPublicKeyRetrieval: boolean;
  /** Each once. */
  readonly tell: (says: string) => void;
}

/** Which server of a cluster may get which kind of proof that we know a password. */
export class ServerTrust {
  readonly #options: TrustOptions;
  readonly #keys = new Map<string, ServerKey>();
  readonly #tooOld = new Set<string>();
  readonly #unsaved = new Set<string>();
  #isRead = false;

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  get allowsKeyRetrieval(): boolean {
    return this.#options.allowPublicKeyRetrieval;
  }

  /** Loopback, of this machine or at the far end of an SSH host, and containers: nobody stands between. */
  isPrivate(address: string): boolean {
    return isLoopback(targetOf(address).host) || this.#options.leadsIntoContainer(address);
  }

  /** False: the keys of before cannot be read, so that a key that is not known here may be a stranger's. */
  get knowsKeys(): boolean {
    return this.#isRead;
  }

  known(address: string): ShownKey | undefined {
    if (!this.#isRead) this.#read();
    return this.#keys.get(address)?.key;
  }

  isTooOld(address: string): boolean {
    return this.#tooOld.has(address);
  }

  /** From now on it is asked without TLS. */
  noteTooOld(address: string, { version }: Greeting): void {
    this.#tooOld.add(address);
    this.#options.tell(
      `${address} (${version}) speaks versions of TLS only that are no longer safe: connections to it are not encrypted.`,
    );
  }

  /** The first key that our user logged in with is the one that must be shown from now on. */
  remember(address: string, shown: ShownKey): void {
    const before = this.#keys.get(address);
    const isSaid = before?.key === shown && before.offered === null && !this.#unsaved.has(address);
    if (this.isPrivate(address) || isSaid || !isKnown(shown, before?.key)) {
      return;
    }
    this.#put({ address, key: shown, offered: null, at: Date.now() });
  }

  /**
   * Why a server that shows another key than before gets no password; undefined when a person has accepted it meanwhile,
   * perhaps in another process.
   */
  refusalOf(address: string, shown: ShownKey): ReplicationError | undefined {
    this.#read();
    const before = this.#keys.get(address);
    if (before === undefined || before.key === shown) {
      return undefined;
    }
    if (before.offered !== shown) {
      this.#put({ ...before, offered: shown, at: Date.now() });
    }
    return changed(this.#options.cluster, before, shown);
  }

  /** Tried again with each login until it succeeds. */
  #read(): void {
    const { store, cluster } = this.#options;
    const own = [...this.#unsaved].flatMap((it) => this.#keys.get(it) ?? []);
    try {
      const rows = store?.serverKeys(cluster) ?? [...this.#keys.values()];
      this.#keys.clear();
      for (const it of rows) this.#keys.set(it.address, it);
      this.#isRead = true;
    } catch {
      // What this process saw itself goes on to count.
      return;
    }
    this.#unsaved.clear();
    // What it saw while the journal could not be read; what the journal knew all along is right.
    for (const it of own) if (!this.#keys.has(it.address)) this.#put(it);
  }

  #put(key: ServerKey): void {
    const { store, cluster } = this.#options;
    this.#keys.set(key.address, key);
    this.#unsaved.add(key.address);
    try {
      store?.noteServerKey(cluster, key);
      if (this.#isRead) this.#unsaved.delete(key.address);
    } catch {
      // A journal that cannot be written keeps nobody out.
    }
  }
}

function changed(cluster: string, { address, key }: ServerKey, shown: ShownKey): ReplicationError {
  const accept = `switchover keys ${cluster} --accept ${address}`;
  return new ReplicationError(
    'key-changed',
    shown === noKey
      ? phrase(
          '{address} offered TLS before and offers none now, so that no password was sent. If TLS was switched off there on purpose, accept that: {accept}',
          { address, accept },
        )
      : phrase(
          '{address} shows another TLS key ({shown}) than before ({known}), so that no password was sent. If the server has a new certificate, accept its key: {accept}',
          { address, shown, known: key, accept },
        ),
  );
}

/** What the server at the other end shows. Undefined: no certificate at all. */
export function shownKeyOf(socket: TLSSocket, greeting: Greeting | undefined): ShownKey {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return noKey;
  }
  const { subject, issuer, publicKey } = certificate;
  // MariaDB from 11.4 on makes such a certificate at each start where it was given none.
  const isPassing =
    subject === 'CN=MariaDB Server' &&
    issuer === subject &&
    greeting !== undefined &&
    /mariadb/i.test(greeting.version);
  return isPassing ? passingKey : fingerprint(publicKey.export({ type: 'spki', format: 'der' }));
}

function fingerprint(key: Buffer): ShownKey {
  const hash = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  return `SHA256:${hash}`;
}
