import { connect as connectTo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Dial } from '../../../../src/adapters/dial.ts';
import { targetOf } from '../../../../src/adapters/dial.ts';
import { connect, type Login } from '../../../../src/adapters/mysql/connect.ts';
import { ServerTrust } from '../../../../src/adapters/mysql/server-trust.ts';
import { livingReasons } from '../../../../src/core/model/instance.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import type { ServerKey } from '../../../../src/core/model/server-key.ts';
import { sampleKeys } from '../../../support/sample-keys.ts';
import {
  switchTo,
  tinyServer,
  type TinyServer,
  type TinyWish,
} from '../../../support/tiny-server.ts';

const password = 'monitor-Pw-77f';
/** A name: whoever answers there may stand anywhere between. */
const far = 'db001.orders.internal:3306';

const servers: TinyServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((it) => it.close()));
});

/** A place whose server is whichever was started last, with what was seen of it before. */
class Place {
  readonly keys = new Map<string, ServerKey>();
  readonly told: string[] = [];
  server: TinyServer | undefined;
  tls: false | undefined = undefined;
  allowPublicKeyRetrieval = false;

  async start(wish: TinyWish): Promise<TinyServer> {
    this.server = await tinyServer(wish);
    servers.push(this.server);
    return this.server;
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
          serverKeys: () => [...this.keys.values()],
          putServerKey: (_, key) => {
            this.keys.set(key.address, key);
          },
        },
        leadsIntoContainer: () => false,
        allowPublicKeyRetrieval: this.allowPublicKeyRetrieval,
        tell: (says) => this.told.push(says),
      }),
    };
  }

  async enter(address = far): Promise<'in' | ReplicationError> {
    try {
      const session = await connect(address, this.login(), 2_000, AbortSignal.timeout(5_000));
      session.hangUp();
      return 'in';
    } catch (error) {
      if (error instanceof ReplicationError) return error;
      throw error;
    }
  }
}

const one = { tls: () => sampleKeys.one };
const other = { tls: () => sampleKeys.other };

function heardPassword({ heard }: TinyServer): boolean {
  return Buffer.concat(heard).includes(password);
}

/** What a refusal must be: said of a server that lives. */
function refused(outcome: 'in' | ReplicationError, says: RegExp): void {
  expect(outcome).toBeInstanceOf(ReplicationError);
  if (outcome === 'in') return;
  expect(outcome.message).toMatch(says);
  expect([...livingReasons]).toContain(outcome.code);
}

describe('a server that offers TLS', () => {
  test('is spoken to over TLS, and its key is kept', async () => {
    const place = new Place();
    const { met } = await place.start(one);
    expect(await place.enter()).toBe('in');
    expect(met).toEqual({ connections: 1, encrypted: 1 });
    expect(place.keys.get(far)?.key).toMatch(/^SHA256:[\w+/]{43}$/);
    expect(await place.enter()).toBe('in');
  });

  test('with another key gets nothing until a person accepts the key', async () => {
    const place = new Place();
    await place.start(one);
    await place.enter();
    const changed = await place.start(other);
    const outcome = await place.enter();
    refused(outcome, /another TLS key.*switchover keys orders --accept db001/);
    expect(outcome).toMatchObject({ code: 'key-changed' });
    // The request for TLS, and nothing of us behind it.
    expect(changed.heard).toHaveLength(1);
    const kept = place.keys.get(far);
    expect(kept?.offered).toMatch(/^SHA256:/);
    if (kept !== undefined)
      place.keys.set(far, { ...kept, key: kept.offered ?? '', offered: null });
    expect(await place.enter()).toBe('in');
  });

  test('a key that was accepted by another process counts at the next attempt', async () => {
    const place = new Place();
    await place.start(one);
    const login = place.login();
    const enter = () => connect(far, login, 2_000, AbortSignal.timeout(5_000));
    (await enter()).hangUp();
    await place.start(other);
    await expect(enter()).rejects.toThrow(/another TLS key/);
    const kept = place.keys.get(far);
    if (kept !== undefined)
      place.keys.set(far, { ...kept, key: kept.offered ?? '', offered: null });
    (await enter()).hangUp();
  });

  test('and offers none any more gets nothing at all', async () => {
    const place = new Place();
    await place.start(one);
    await place.enter();
    const stripped = await place.start({});
    refused(await place.enter(), /offered TLS before and offers none now/);
    expect(stripped.heard).toEqual([]);
    expect(place.keys.get(far)?.offered).toBe('none');
  });

  test('a session that is open goes on after the key changed', async () => {
    const place = new Place();
    await place.start({
      ...one,
      answer: (_, say) => {
        say.ok();
      },
    });
    const session = await connect(far, place.login(), 2_000, AbortSignal.timeout(5_000));
    await place.start(other);
    refused(await place.enter(), /another TLS key/);
    expect(await session.query('DO 1', 1_000)).toEqual([]);
    session.hangUp();
  });

  test('plain words behind its greeting are not taken for encrypted ones', async () => {
    const place = new Place();
    const { heard } = await place.start({
      ...one,
      behindGreeting: Buffer.from([7, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0]),
    });
    refused(await place.enter(), /more than a greeting/);
    expect(heard).toEqual([]);
  });

  test('with false in the settings it is spoken to without', async () => {
    const place = new Place();
    place.tls = false;
    const { met } = await place.start(one);
    expect(await place.enter()).toBe('in');
    expect(met.encrypted).toBe(0);
  });

  test('on loopback no key is kept', async () => {
    const place = new Place();
    const { met } = await place.start(one);
    expect(await place.enter('127.0.0.1:3306')).toBe('in');
    expect(met.encrypted).toBe(1);
    expect(place.keys.size).toBe(0);
    await place.start(other);
    expect(await place.enter('127.0.0.1:3306')).toBe('in');
  });
});

describe('an old server', () => {
  const old = { tls: () => ({ ...sampleKeys.one, maxVersion: 'TLSv1.1' as const }) };

  test('of MySQL 5.6 that speaks old TLS only is asked without, and that is said', async () => {
    const place = new Place();
    await place.start({ ...old, version: '5.6.24-log' });
    expect(await place.enter()).toBe('in');
    expect(place.told.join()).toContain('not encrypted');
  });

  test('is refused where it was seen with TLS before', async () => {
    const place = new Place();
    await place.start({ ...one, version: '5.6.24-log' });
    await place.enter();
    await place.start({ ...old, version: '5.6.24-log' });
    expect(await place.enter()).toBeInstanceOf(ReplicationError);
    expect(place.told).toEqual([]);
  });

  test('a new one is never asked without', async () => {
    const place = new Place();
    await place.start({ ...old, version: '8.4.0' });
    expect(await place.enter()).toBeInstanceOf(ReplicationError);
  });
});

const askFull: TinyWish = {
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

function asks(plugin: string): TinyWish {
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

describe('a server that asks for the password itself', () => {
  test.each([
    { name: 'caching_sha2_password', wish: askFull },
    { name: 'sha256_password', wish: asks('sha256_password') },
    { name: 'mysql_clear_password', wish: asks('mysql_clear_password') },
  ])('by $name without TLS gets neither it nor a request for a key', async ({ wish }) => {
    const place = new Place();
    const server = await place.start(wish);
    refused(await place.enter(), /asks for the password/);
    expect(heardPassword(server)).toBe(false);
    expect(server.heard.some((it) => it.length === 1)).toBe(false);
  });

  test('by mysql_clear_password over TLS that nobody verified does not get it', async () => {
    const place = new Place();
    const server = await place.start({ ...asks('mysql_clear_password'), ...one });
    refused(await place.enter(), /in clear text/);
    expect(heardPassword(server)).toBe(false);
  });

  test('by caching_sha2_password over TLS gets it: its key is kept from then on', async () => {
    const place = new Place();
    const server = await place.start({ ...askFull, ...one });
    expect(await place.enter()).toBe('in');
    expect(heardPassword(server)).toBe(true);
    const stranger = await place.start({ ...askFull, ...other });
    await place.enter();
    expect(heardPassword(stranger)).toBe(false);
  });

  test('over TLS with a key that it makes at each start does not get it, and may make another', async () => {
    const place = new Place();
    const passing = { version: '11.8.3-MariaDB', tls: () => sampleKeys.passing };
    const server = await place.start({ ...asks('sha256_password'), ...passing });
    refused(await place.enter(), /makes a new TLS key at each start/);
    expect(heardPassword(server)).toBe(false);
    await place.start(passing);
    expect(await place.enter()).toBe('in');
    expect(await place.enter()).toBe('in');
    await place.start({ version: '11.8.3-MariaDB' });
    refused(await place.enter(), /offers none now/);
  });

  test.each([
    { name: 'loopback', address: '127.0.0.1:3306', allow: false },
    { name: 'a setting that allows it', address: far, allow: true },
  ])('is asked for a key without TLS on $name', async ({ address, allow }) => {
    const place = new Place();
    place.allowPublicKeyRetrieval = allow;
    const server = await place.start(askFull);
    await place.enter(address);
    expect(server.heard.some((it) => it.equals(Buffer.from([2])))).toBe(true);
  });
});
