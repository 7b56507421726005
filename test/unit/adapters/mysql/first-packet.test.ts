import { describe, expect, test } from 'vitest';
import type { TlsMaterial } from '../../../../src/adapters/mysql/tls-material.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { one, Place } from '../../../support/harness/tls-place.ts';

describe('a first packet that is neither a greeting nor an error', () => {
  const verified: TlsMaterial = { ca: undefined, cert: undefined, key: undefined, verify: true };

  test.each([
    { name: 'a setting that verifies', tls: verified, seen: false },
    { name: 'a setting that only encrypts', tls: { ...verified, verify: false }, seen: false },
    { name: 'a key that is known', tls: undefined, seen: true },
    { name: 'nothing known', tls: undefined, seen: false },
    { name: 'TLS switched off', tls: false as const, seen: false },
  ])('gets nothing of us, with $name', async ({ tls, seen }) => {
    const place = new Place();
    if (seen) {
      await place.start(one);
      await place.enter();
    }
    place.tls = tls;
    for (const protocol of [0, 9, 11, 254]) {
      const { heard } = await place.start({ protocol });
      const outcome = await place.enter();
      expect(outcome).toMatchObject({ code: 'not-a-server' });
      expect(heard).toEqual([]);
    }
  });

  test('an error is told as the server says it', async () => {
    const place = new Place();
    place.tls = verified;
    const { heard } = await place.start({ protocol: 0xff });
    expect(await place.enter()).toBeInstanceOf(ReplicationError);
    expect(heard).toEqual([]);
  });
});
