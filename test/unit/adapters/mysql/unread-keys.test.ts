import { describe, expect, test } from 'vitest';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import {
  askFull,
  far,
  heardPassword,
  oldTls,
  one,
  other,
  Place,
  refused,
} from '../../../support/harness/tls-place.ts';

/** What the server of old showed, by a process that could read. */
async function knownPlace(): Promise<Place> {
  const place = new Place();
  await place.start(one);
  await place.enter();
  place.isLocked = true;
  return place;
}

describe('while the journal cannot be read', () => {
  test('a stranger gets no password, and what the journal knows stays and counts', async () => {
    const place = await knownPlace();
    const before = place.keys.get(far);
    const login = place.login();
    const stranger = await place.start({ ...askFull, ...other });
    refused(await place.enter(far, login), /the journal cannot be read/);
    expect(heardPassword(stranger)).toBe(false);
    // One that asks only for a proof is let be, so that a locked journal stops no round.
    await place.start(other);
    expect(await place.enter(far, login)).toBe('in');
    place.isLocked = false;
    refused(await place.enter(far, login), /another TLS key/);
    expect(place.keys.get(far)?.key).toBe(before?.key);
  });

  test('TLS of before may not be given up', async () => {
    const place = await knownPlace();
    await place.start({ ...oldTls, version: '5.6.24-log' });
    expect(await place.enter()).toBeInstanceOf(ReplicationError);
    expect(place.told).toEqual([]);
  });

  test('a key that was seen meanwhile is kept as soon as it can be', async () => {
    const place = new Place();
    place.isLocked = true;
    const login = place.login();
    await place.start(one);
    await place.enter(far, login);
    await place.start(other);
    refused(await place.enter(far, login), /another TLS key/);
    expect(place.keys.size).toBe(0);
    place.isLocked = false;
    refused(await place.enter(far, login), /another TLS key/);
    expect(place.keys.get(far)?.key).toMatch(/^SHA256:/);
    expect(place.keys.get(far)?.offered).toMatch(/^SHA256:/);
  });
});
