import { describe, expect, test } from 'vitest';
import { connect } from '../../../../src/adapters/mysql/connect.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { sampleKeys } from '../../../support/builders/sample-keys.ts';
import {
  askFull,
  asks,
  far,
  heardPassword,
  oldTls,
  one,
  other,
  Place,
  refused,
} from '../../../support/harness/tls-place.ts';

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
    expect(place.keys.get(far)?.offered).toMatch(/^SHA256:/);
    place.acceptKey();
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
    place.acceptKey();
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
  test('of MySQL 5.6 that speaks old TLS only is asked without, and that is said', async () => {
    const place = new Place();
    await place.start({ ...oldTls, version: '5.6.24-log' });
    expect(await place.enter()).toBe('in');
    expect(place.told.join()).toContain('not encrypted');
  });

  test('is refused where it was seen with TLS before', async () => {
    const place = new Place();
    await place.start({ ...one, version: '5.6.24-log' });
    await place.enter();
    await place.start({ ...oldTls, version: '5.6.24-log' });
    expect(await place.enter()).toBeInstanceOf(ReplicationError);
    expect(place.told).toEqual([]);
  });

  test('a new one is never asked without', async () => {
    const place = new Place();
    await place.start({ ...oldTls, version: '8.4.0' });
    expect(await place.enter()).toBeInstanceOf(ReplicationError);
  });
});

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
