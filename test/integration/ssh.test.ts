import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { withoutPerson, type UnknownHost } from '../../src/config/ssh-questions.ts';
import { Sshd, startAgent } from '../servers/sshd.ts';
import { echo, startTarget, type Target } from '../support/harness/proxy/ends.ts';
import { echoes, refusal, SshHome } from '../support/harness/ssh-home.ts';
import { until } from '../support/harness/until.ts';

// Real SSH servers of Debian, on ports of their own. What is behind them is a socket that echoes.
let home: SshHome;
let target: Target;

beforeAll(async () => {
  home = await SshHome.make();
  target = await startTarget(echo);
});
afterAll(async () => {
  await target?.kill();
  await home?.remove();
});
beforeEach(() => home.begin());
afterEach(() => home.end());

test('a key of the settings leads in, and a second stream shares the connection', async () => {
  const dial = home.dial({ settings: { key: 'open' } });
  const one = await echoes(dial, target.address);
  const before = home.sshd.words.match(/Accepted publickey/g)?.length;
  const other = await echoes(dial, target.address);
  expect(home.sshd.words.match(/Accepted publickey/g)?.length).toBe(before);
  one.destroy();
  other.destroy();
  await until('the far ends to be closed', () => target.sockets.size === 0);
});

test('keys in their usual place, an rsa key and a key of the agent lead in', async () => {
  await writeFile(home.file('id_ed25519'), await readFile(join(home.keys, 'open')), {
    mode: 0o600,
  });
  await echoes(home.dial(), target.address);
  await rm(home.file('id_ed25519'));
  await echoes(home.dial({ settings: { key: 'rsa' } }), target.address);
  const socket = join(home.folder, 'agent');
  const agent = await startAgent(socket, [join(home.keys, 'stranger'), join(home.keys, 'open')]);
  try {
    await echoes(home.dial({ agent: socket }), target.address);
    await home.config(
      'Host *',
      'IdentitiesOnly yes',
      `IdentityFile ${join(home.keys, 'stranger')}.pub`,
    );
    const { message } = await refusal(echoes(home.dial({ agent: socket }), target.address));
    expect(message).toBe(
      `The SSH host 127.0.0.1 does not let the user ${home.sshd.user} in. Tried: SSH agent (1).`,
    );
  } finally {
    agent.end();
  }
});

test('an encrypted key is opened by its passphrase, asked again when it was wrong', async () => {
  const settings = { key: 'locked' };
  const asked: boolean[] = [];
  const given = ['wrong', 'key-Pw-3b7'];
  const dial = home.dial({
    settings,
    questions: {
      passphrase: (_file, wasWrong) => {
        asked.push(wasWrong);
        return Promise.resolve(given.shift());
      },
    },
  });
  await echoes(dial, target.address);
  expect(asked).toEqual([false, true]);
  await echoes(home.dial({ settings, questions: withoutPerson('key-Pw-3b7') }), target.address);
  const missing = await refusal(echoes(home.dial({ settings }), target.address));
  expect(missing).toMatchObject({ code: 'not-asked' });
  expect(missing.message).toContain('needs its passphrase');
  const wrong = await refusal(
    echoes(home.dial({ settings, questions: withoutPerson('no') }), target.address),
  );
  expect(wrong.message).toContain('The passphrase does not open the key');
  expect(JSON.stringify([missing.message, wrong.message, home.logged])).not.toContain('Pw-3b7');
});

test('nobody waits behind a question to a person that is open', async () => {
  let hasAsked = false;
  const dial = home.dial({
    settings: { key: 'locked' },
    questions: {
      passphrase: () => {
        hasAsked = true;
        return new Promise(() => undefined);
      },
    },
  });
  const leaves = new AbortController();
  const first = refusal(dial.prepare(leaves.signal));
  await until('the question', () => hasAsked);
  const { code, message } = await refusal(dial.prepare(new AbortController().signal));
  expect(code).toBe('not-asked');
  expect(message).toContain('needs its passphrase');
  leaves.abort();
  expect(await first).toMatchObject({ code: 'not-asked' });
});

test('a wrong key is refused, and the sentence names what was tried', async () => {
  const { code, message } = await refusal(
    echoes(home.dial({ settings: { key: 'stranger' } }), target.address),
  );
  expect(code).toBe('not-asked');
  expect(message).toBe(
    `The SSH host 127.0.0.1 does not let the user ${home.sshd.user} in. Tried: ${join(home.keys, 'stranger')}.`,
  );
  const none = await refusal(echoes(home.dial(), target.address));
  expect(none.message).toContain('no agent holds one, and no key file was found');
});

test('an alias of ~/.ssh/config and a jump over a second host lead in', async () => {
  const inner = await Sshd.start({ letsIn: [join(home.keys, 'open.pub')] });
  try {
    await home.config(
      'Include config.d/*',
      'Host inner',
      '  HostName 127.0.0.1',
      `  Port ${String(inner.port)}`,
      '  ProxyJump outer',
      '  HostKeyAlias the-inner-one',
      'Host *',
      `  User ${home.sshd.user}`,
      `  IdentityFile ${join(home.keys, 'open')}`,
    );
    await mkdir(home.file('config.d'));
    await writeFile(
      home.file('config.d/outer'),
      `Host outer\n  HostName 127.0.0.1\n  Port ${String(home.sshd.port)}\n`,
    );
    const known = (await inner.knownAs('x')).replace(/^\S+/, 'the-inner-one');
    await home.write('known_hosts', `${await home.sshd.knownAs('127.0.0.1')}${known}`);
    const settings = { host: 'inner', port: undefined, user: undefined };
    const stream = await echoes(home.dial({ settings }), target.address);
    expect(inner.words).toContain('Accepted publickey');
    const lost = once(stream, 'error');
    await inner.kill();
    const [error]: unknown[] = await lost;
    expect(error).toMatchObject({ code: 'not-asked' });
    const { message } = await refusal(echoes(home.dial({ settings }), target.address));
    expect(message).toBe('The SSH host inner is not reachable: Connection refused.');
  } finally {
    await inner.end();
  }
});

test('an unknown host is refused with its fingerprint, and known once a person trusts it', async () => {
  await rm(home.file('.'), { recursive: true });
  const settings = { key: 'open' };
  const { code, message } = await refusal(echoes(home.dial({ settings }), target.address));
  expect(code).toBe('not-asked');
  expect(message).toMatch(
    /^The SSH host 127\.0\.0\.1 is not known: it shows ssh-ed25519 SHA256:[\w+/]{43}\. Compare it, then connect once with "ssh -p \d+ 127\.0\.0\.1"/,
  );
  const asked: UnknownHost[] = [];
  const trust = (host: UnknownHost): Promise<boolean> => {
    asked.push(host);
    return Promise.resolve(asked.length > 1);
  };
  const refused = await refusal(
    echoes(home.dial({ settings, questions: { trust } }), target.address),
  );
  expect(refused.message).toBe(message);
  expect(existsSync(home.file('known_hosts'))).toBe(false);
  await echoes(home.dial({ settings, questions: { trust } }), target.address);
  expect(asked[1]).toMatchObject({
    host: '127.0.0.1',
    port: home.sshd.port,
    keyType: 'ssh-ed25519',
  });
  expect(await readFile(home.file('known_hosts'), 'utf8')).toBe(
    await home.sshd.knownAs('127.0.0.1'),
  );
  await echoes(home.dial({ settings }), target.address);
});

test('a host that is known by another type of key is asked for that one', async () => {
  await home.write('known_hosts', await home.sshd.knownAs('127.0.0.1', 'rsa'));
  expect(home.logged).toEqual([]);
  await echoes(home.dial({ settings: { key: 'open' } }), target.address);
});

test('a changed key is refused loudly, and no person is asked', async () => {
  const other = await Sshd.start({ letsIn: [] });
  await home.write(
    'known_hosts',
    (await other.knownAs('x')).replace(/^\S+/, `[127.0.0.1]:${String(home.sshd.port)}`),
  );
  await other.end();
  await home.config('StrictHostKeyChecking no');
  const dial = home.dial({
    settings: { key: 'open' },
    questions: { trust: () => Promise.reject(new Error('asked')) },
  });
  const { code, message } = await refusal(echoes(dial, target.address));
  expect(code).toBe('not-asked');
  expect(message).toContain('THE KEY OF THE SSH HOST 127.0.0.1 HAS CHANGED');
  expect(message).toContain(`${home.file('known_hosts')}:1`);
});
