import type { AuthPlugin, SslOptions } from 'mysql2';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { noKey, type ShownKey } from '../../core/model/server-key.ts';
import { clearPlugin, withholdingPlugins } from './auth-plugins.ts';
import { onSecure, type Watched } from './driver-connection.ts';
import type { Greeting } from './greeting.ts';
import type { Pace } from './pace.ts';
import { ServerTrust, shownKeyOf } from './server-trust.ts';
import type { TlsMaterial } from './tls-material.ts';
import {
  isKnown,
  mayShowPassword,
  speaksOldTls,
  transportOf,
  type Transport,
} from './transport.ts';

export interface HandshakeOptions {
  readonly address: string;
  readonly login: {
    readonly user: string;
    readonly trust?: ServerTrust | undefined;
    readonly pace?: Pace | undefined;
  };
  readonly tls: TlsMaterial | false | undefined;
  readonly password: string | undefined;
  /** Undefined: the server sent an error instead. */
  readonly greeting: Greeting | undefined;
}

/** Decides how one connection is encrypted, what of the server must hold first, and what it may learn of the password. */
export class Handshake {
  readonly #context: HandshakeOptions;
  readonly #trust: ServerTrust;
  readonly #transport: Transport;
  readonly #isPrivate: boolean;
  readonly #plugins: Record<string, AuthPlugin>;
  #shown: ShownKey | undefined;
  #watched: Watched | undefined;

  constructor(context: HandshakeOptions) {
    const { address, login, tls, greeting } = context;
    this.#context = context;
    this.#trust = login.trust ?? unknownServers();
    this.#isPrivate = this.#trust.isPrivate(address);
    this.#transport = transportOf({
      tls,
      greeting,
      known: this.#trust.known(address),
      isPrivate: this.#isPrivate,
      isTooOld: this.#trust.isTooOld(address),
    });
    this.#plugins = this.#pluginsAtFirst();
  }

  /** Why the login does not even begin. */
  refusal(): ReplicationError | undefined {
    return this.#transport === 'changed'
      ? this.#trust.refusalOf(this.#context.address, noKey)
      : undefined;
  }

  /** For the driver. */
  get options(): { readonly ssl?: SslOptions; readonly authPlugins: Record<string, AuthPlugin> } {
    const { tls } = this.#context;
    const authPlugins = this.#plugins;
    switch (this.#transport) {
      case 'verified':
      case 'unverified':
        return { ssl: sslOf(tls === false ? undefined : tls), authPlugins };
      case 'plain':
      case 'changed':
        return { authPlugins };
      default:
        return this.#transport satisfies never;
    }
  }

  guard(watched: Watched): void {
    this.#watched = watched;
    const { address, greeting } = this.#context;
    onSecure(watched, (socket) => {
      if (this.#transport !== 'unverified') return undefined;
      const shown = shownKeyOf(socket, greeting);
      this.#shown = shown;
      // The driver looks at the plugins only after this.
      const says = this.#whyWithheld(shown);
      if (says !== undefined) {
        Object.assign(
          this.#plugins,
          this.#withholding(() => says),
        );
      }
      return this.#isPrivate || isKnown(shown, this.#trust.known(address))
        ? undefined
        : this.#trust.refusalOf(address, shown);
    });
  }

  /** Whether TLS failed only because the server is from before today's versions of it; then the next attempt goes without. */
  isTooOld(watched: Watched, error: unknown): boolean {
    const { address, greeting, tls } = this.#context;
    const failed =
      tls === undefined && this.#transport === 'unverified' && failedToEncrypt(watched, error);
    const isUnknown = this.#trust.known(address) === undefined && this.#trust.knowsKeys;
    const isFirst = this.#isPrivate || isUnknown;
    if (!failed || !isFirst || greeting === undefined || !speaksOldTls(greeting)) {
      return false;
    }
    this.#trust.noteTooOld(address, greeting);
    return true;
  }

  /** The password was accepted, so many milliseconds after we began. */
  succeeded(tookMs: number): void {
    this.#context.login.pace?.note(this.#context.address, tookMs);
    if (this.#shown !== undefined) {
      this.#trust.remember(this.#context.address, this.#shown);
    }
  }

  #pluginsAtFirst(): Record<string, AuthPlugin> {
    const isPlain = this.#transport === 'plain';
    const isWithheld = isPlain && !this.#isPrivate && !this.#trust.allowsKeyRetrieval;
    const isVerified = this.#transport === 'verified';
    return {
      ...clearPlugin(
        this.#context.password,
        isVerified ? undefined : () => this.#refuse(this.#clearSays()),
      ),
      ...(isWithheld ? this.#withholding(() => this.#keyRetrievalSays()) : {}),
    };
  }

  /** Undefined: the server may get the password itself, over TLS that nobody verified. */
  #whyWithheld(shown: ShownKey): Phrase | undefined {
    if (!mayShowPassword(shown, this.#isPrivate)) return this.#passing();
    const isJudged =
      this.#isPrivate ||
      this.#trust.knowsKeys ||
      this.#trust.known(this.#context.address) !== undefined;
    return isJudged ? undefined : this.#keysUnread();
  }

  #withholding(says: () => Phrase): Record<string, AuthPlugin> {
    return withholdingPlugins(this.#context.password, () => this.#refuse(says()));
  }

  #refuse(says: Phrase): Error {
    const refusal = new ReplicationError('tls-mismatch', says);
    if (this.#watched !== undefined) this.#watched.refusal ??= refusal;
    return new Error(refusal.message);
  }

  #clearSays(): Phrase {
    return phrase(
      "{address} asks for the password of {user} in clear text, which is sent only where its certificate is verified: set 'tls' of the cluster.",
      this.#names(),
    );
  }

  #keyRetrievalSays(): Phrase {
    return phrase(
      "{address} asks for the password of {user} without TLS, so that it was not sent. Switch TLS on at the server; or set 'allowPublicKeyRetrieval' of the cluster where nobody can stand between.",
      this.#names(),
    );
  }

  #passing(): Phrase {
    return phrase(
      "{address} asks for the password of {user} and makes a new TLS key at each start, so that it was not sent. Give the server a certificate of its own, or verify it with 'tls' of the cluster.",
      this.#names(),
    );
  }

  #keysUnread(): Phrase {
    return phrase(
      "{address} asks for the password of {user}, which was not sent: the journal cannot be read, so that its TLS key cannot be compared with the one of before. Free the journal, or verify the server with 'tls' of the cluster.",
      this.#names(),
    );
  }

  #names(): { readonly address: string; readonly user: string } {
    return { address: this.#context.address, user: this.#context.login.user };
  }
}

function failedToEncrypt({ isEncrypted }: Watched, error: unknown): boolean {
  return (
    !isEncrypted &&
    error instanceof ReplicationError &&
    (error.code === 'tls-mismatch' || error.code === 'connection-lost')
  );
}

/** Of a login that remembers nothing. */
function unknownServers(): ServerTrust {
  return new ServerTrust({
    cluster: '',
    store: undefined,
    leadsIntoContainer: () => false,
    allowPublicKeyRetrieval: false,
    tell: () => undefined,
  });
}

function sslOf(tls: TlsMaterial | undefined): SslOptions {
  if (tls === undefined) {
    // Nobody's authority counts, so that none has to be read.
    return { ca: [], rejectUnauthorized: false };
  }
  const { ca, cert, key } = tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: tls.verify,
    // The driver checks the name in the certificate only when it is told to.
    verifyIdentity: tls.verify,
  };
}
