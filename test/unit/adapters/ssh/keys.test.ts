import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyRing } from '../../../../src/adapters/ssh/key-ring.ts';
import { attemptsFor } from '../../../../src/adapters/ssh/keys.ts';
import type { Hop } from '../../../../src/adapters/ssh/route.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchover-keys-'));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function hopWith(wish: Partial<Hop>): Hop {
  return {
    name: 'bastion',
    host: 'bastion',
    port: 22,
    user: 'ops',
    keys: [],
    defaultKeys: [],
    identitiesOnly: false,
    agent: undefined,
    knownAs: { host: 'bastion', port: 22 },
    knownHostsFiles: [],
    hashesKnownHosts: false,
    strictness: 'ask',
    ...wish,
  };
}

test('an agent that does not answer is left out after three seconds, and hung up on', async () => {
  const agent = createServer((socket) => {
    socket.resume();
  });
  const socket = join(folder, 'agent');
  agent.listen(socket);
  await once(agent, 'listening');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const connected = once(agent, 'connection');
    const attempts = attemptsFor(hopWith({ agent: socket }), new KeyRing());
    await connected;
    vi.advanceTimersByTime(3_000);
    expect((await attempts).attempts.map((it) => it.method.type)).toEqual(['none']);
  } finally {
    await new Promise((closed) => {
      // Waits for all connections to end.
      agent.close(closed);
    });
  }
});

test('a passphrase that does not open a key is tried once', async () => {
  const file = join(folder, 'locked');
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: {
      type: 'sec1',
      format: 'pem',
      cipher: 'aes-128-cbc',
      passphrase: 'right',
    },
  });
  writeFileSync(file, privateKey);
  const hop = hopWith({ keys: [file] });
  const keyRing = new KeyRing();
  const lockedNow = async (): Promise<readonly boolean[]> =>
    (await attemptsFor(hop, keyRing)).locked.map((it) => it.wasWrong);
  expect(await lockedNow()).toEqual([false]);
  const parse = vi.spyOn(ssh2.utils, 'parseKey');
  const withPassphrase = (): number => parse.mock.calls.filter((it) => it[1] !== undefined).length;
  keyRing.tell(file, 'wrong');
  expect(await lockedNow()).toEqual([true]);
  expect(await lockedNow()).toEqual([true]);
  keyRing.tell(file, 'wrong');
  expect(await lockedNow()).toEqual([true]);
  expect(withPassphrase()).toBe(1);
  keyRing.tell(file, 'right');
  expect(await lockedNow()).toEqual([]);
  expect(await lockedNow()).toEqual([]);
  expect(withPassphrase()).toBe(2);
});
