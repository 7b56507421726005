import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDocker } from '../../src/adapters/docker/open-docker.ts';
import { Sshd } from '../servers/sshd.ts';
import { SshHome } from '../support/ssh-home.ts';

// The real daemon of this machine, through a real SSH server.
let home: SshHome;

beforeAll(async () => {
  home = await SshHome.make();
  await home.begin();
  await home.config(`IdentityFile ${join(home.keys, 'open')}`);
});
afterAll(async () => {
  await home?.end();
  await home?.remove();
});

test.each([
  { way: 'its socket', options: [] },
  {
    way: 'the docker command, where the socket is forbidden',
    options: ['AllowStreamLocalForwarding no'],
  },
])('Docker behind an SSH host is asked through $way', async ({ options }) => {
  const sshd = await Sshd.start({ letsIn: [join(home.keys, 'open.pub')], options });
  try {
    await home.write('known_hosts', await sshd.knownAs('127.0.0.1'));
    const bastions = home.bastions();
    const opened = await openDocker({
      setting: `ssh://${sshd.user}@127.0.0.1:${String(sshd.port)}`,
      ssh: (host) => bastions.docker(host),
    });
    if (opened.kind === 'closed') {
      throw new Error(opened.problem.text);
    }
    expect(Array.isArray(await opened.docker.listContainers({ all: true }))).toBe(true);
  } finally {
    await sshd.end();
  }
});
