import { connect as connectTo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { Dial } from '../../../src/adapters/dial.ts';
import { targetOf } from '../../../src/adapters/dial.ts';
import { connect, type Login } from '../../../src/adapters/mysql/connect.ts';
import { ServerTrust } from '../../../src/adapters/mysql/server-trust.ts';
import type { TlsMaterial } from '../../../src/adapters/mysql/tls-material.ts';
import { livingReasons } from '../../../src/core/model/instance.ts';
import { ReplicationError } from '../../../src/core/model/replication-error.ts';
import type { ServerKey } from '../../../src/core/model/server-key.ts';
import { sampleKeys } from '../builders/sample-keys.ts';
import { switchTo, tinyServer, type TinyServer, type TinyWish } from './tiny-server.ts';

const password = 'monitor-Pw-77f';
/** A name: whoever answers there may stand anywhere between. */
export const far = 'db001.orders.internal:3306';

/** A place whose server is whichever was started last, with what was seen of it before. */
export class Place {
  readonly keys = new Map<string, ServerKey>();
  readonly told: string[] = [];
  server: TinyServer | undefined;
  tls: TlsMaterial | false | undefined = undefined;
  /** Another process has the journal all to itself. */
  isLocked = false;
  allowPublicKeyRetrieval = false;

  /** Runs until the test is over. */
  async start(wish: TinyWish): Promise<TinyServer> {
    const server = await tinyServer(wish);
    onTestFinished(() => server.close());
    this.server = server;
    return server;
  }

  /** As another process would: it knows what the journal knows. */
  login(): Login {
    const dial: Dial = {
      prepare: () => Promise.resolve(),
      open: () => connectTo({ ...targetOf(this.server?.address ?? ''), allowHalfOpen: true }),
    };
    return {
      user: 'orc_client_user',
      password: () => Promise.resolve(password),
      tls: () => this.tls,
      dial,
      trust: new ServerTrust({
        cluster: 'orders',
        store: {
          serverKeys: () => {
            if (this.isLocked) throw new Error('The journal is locked.');
            return [...this.keys.values()];
          },
          noteServerKey: (_, key) => {
            if (this.isLocked) throw new Error('The journal is locked.');
            this.keys.set(key.address, key);
          },
        },
        leadsIntoContainer: () => false,
        allowPublicKeyRetrieval: this.allowPublicKeyRetrieval,
        tell: (says) => this.told.push(says),
      }),
    };
  }

  async enter(address = far, login = this.login()): Promise<'in' | ReplicationError> {
    try {
      const session = await connect(address, login, 2_000, AbortSignal.timeout(5_000));
      session.hangUp();
      return 'in';
    } catch (error) {
      if (error instanceof ReplicationError) return error;
      throw error;
    }
  }

  /** A person accepts the key that was shown last. */
  acceptKey(): void {
    const kept = this.keys.get(far);
    if (kept !== undefined) this.keys.set(far, { ...kept, key: kept.offered ?? '', offered: null });
  }
}

export const one = { tls: () => sampleKeys.one };
export const other = { tls: () => sampleKeys.other };
/** Speaks versions of TLS only that are given up everywhere. */
export const oldTls = { tls: () => ({ ...sampleKeys.one, maxVersion: 'TLSv1.1' as const }) };

export function heardPassword({ heard }: TinyServer): boolean {
  return Buffer.concat(heard).includes(password);
}

/** What a refusal must be: said of a server that lives. */
export function refused(outcome: 'in' | ReplicationError, says: RegExp): void {
  expect(outcome).toBeInstanceOf(ReplicationError);
  if (outcome === 'in') return;
  expect(outcome.message).toMatch(says);
  expect([...livingReasons]).toContain(outcome.code);
}

export const askFull: TinyWish = {
  version: '8.4.0',
  plugin: 'caching_sha2_password',
  login: (say) => {
    say.packet(switchTo('caching_sha2_password'));
  },
  more: (said, say) => {
    // The proof, then whatever a full authentication is answered with.
    if (said.length === 32) say.packet(Buffer.from([1, 4]));
    else say.ok();
  },
};

export function asks(plugin: string): TinyWish {
  return {
    version: '8.4.0',
    login: (say) => {
      say.packet(switchTo(plugin));
    },
    more: (_, say) => {
      say.ok();
    },
  };
}
