import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '../servers/certificates.ts';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import { cliFor, endedWith, passwords, settingsOf } from '../support/harness/cli.ts';
import { SshHome } from '../support/harness/ssh-home.ts';
import { topologyOf } from '../support/builders/shown-topology.ts';

// The way to real servers that speak TLS with a certificate of an authority of one's own.
describe.each(['mariadb', 'mysql97'] as const)('TLS to %s', (server) => {
  let cluster: TestCluster;
  let ca: string;
  let stranger: string;

  beforeAll(async () => {
    cluster = await startCluster({ server, rights: 'least', tls: true });
    ca = cluster.certificates?.ca ?? '';
    stranger = (await makeCertificates(`${cluster.master.folder}/other-tls`)).ca;
  });
  afterAll(() => cluster?.stop());

  const topologyWith = async (tls: unknown) => {
    const cli = await cliFor(settingsOf(cluster, { tls }), passwords);
    try {
      return await cli.run('topology', 'orders', '--json');
    } finally {
      await cli.remove();
    }
  };

  test('our authority is trusted, and all three are found', async () => {
    const result = await topologyWith({ ca });
    endedWith(0, result);
    expect(Object.keys(topologyOf(JSON.parse(result.stdout)).roles)).toHaveLength(3);
  });

  test.each([
    { name: 'the authority of somebody else', tls: () => ({ ca: stranger }), says: /certificate/ },
    { name: 'no authority: verified all the same', tls: () => ({}), says: /certificate/ },
    {
      name: 'a file that is not there',
      tls: () => ({ ca: '/nowhere/ca.pem' }),
      says: /tls\.ca: the file \/nowhere\/ca\.pem cannot be read/,
    },
  ])('$name is one clear sentence and exit code 4', async ({ tls, says }) => {
    const { code, stderr, tookMs } = await topologyWith(tls());
    expect(code).toBe(4);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(tookMs).toBeLessThan(5_000);
  });

  const foundWith = async (changes: object): Promise<number> => {
    const settings = settingsOf(cluster, {
      environment: 'production',
      members: undefined,
      caConfirmsMembers: true,
      ...changes,
    });
    const cli = await cliFor(settings, passwords);
    try {
      const { roles } = topologyOf(await cli.json('topology', 'orders'));
      return Object.keys(roles).length;
    } finally {
      await cli.remove();
    }
  };

  test('a certificate of our authority confirms a member where the settings say so', async () => {
    expect(await foundWith({ tls: { ca } })).toBe(3);
    expect(await foundWith({ tls: { ca }, caConfirmsMembers: false })).toBe(1);
    expect(await foundWith({ tls: { ca, verify: false } })).toBe(1);
  });

  test('whoever switches the check off is let in', async () => {
    expect(await topologyWith({ verify: false })).toMatchObject({ code: 0 });
  });

  test('a promotion goes the same way', async () => {
    const cli = await cliFor(settingsOf(cluster, { tls: { ca } }), passwords);
    const result = await cli.run('promote', 'orders', cluster.replicas[0]?.key ?? '');
    endedWith(0, result);
    expect(await readdir(cli.folder)).toContain('state');
    await cli.remove();
  });
});

// The certificate names the instance, not the port that leads to it.
describe.each(['mariadb', 'mysql97'] as const)('a certificate for db001 on %s', (server) => {
  let cluster: TestCluster;
  let home: SshHome;

  beforeAll(async () => {
    const tls = 'DNS:db001, DNS:localhost';
    cluster = await startCluster({ server, rights: 'least', replicas: 0, tls });
    home = await SshHome.make();
    await home.begin();
  });
  afterAll(async () => {
    await home?.end();
    await home?.remove();
    await cluster?.stop();
  });

  const topologyOfSeed = async (name: string, changes: object = {}) => {
    const [, port = ''] = cluster.master.key.split(':');
    const seed = `${name}:${port}`;
    const led = seed === cluster.master.key ? {} : { addresses: { [seed]: cluster.master.key } };
    const tls = { ca: cluster.certificates?.ca };
    const settings = settingsOf(cluster, { seeds: [seed], tls, ...led, ...changes });
    const cli = await cliFor(settings, { ...passwords, HOME: home.folder });
    try {
      return await cli.run('topology', 'orders', '--json');
    } finally {
      await cli.remove();
    }
  };
  const through = () => ({
    ssh: home.settings({ key: join(home.keys, 'open') }),
  });

  test('is right where the settings lead db001 to another address', async () => {
    expect(await topologyOfSeed('db001')).toMatchObject({ code: 0, stderr: '' });
  });

  test('is right behind an SSH host too', async () => {
    expect(await topologyOfSeed('db001', through())).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    { name: 'db002', ssh: false, asked: 'db002, 127.0.0.1' },
    { name: 'db002', ssh: true, asked: 'db002, 127.0.0.1' },
    // A certificate for localhost says nothing about an address.
    { name: '127.0.0.1', ssh: false, asked: '127.0.0.1' },
  ])('is refused for $name (through SSH: $ssh), and says what to do', async (wish) => {
    const { code, stderr } = await topologyOfSeed(wish.name, wish.ssh ? through() : {});
    expect(code).toBe(4);
    expect(stderr).toContain(`shows a certificate without the name ${wish.asked}. Give the server`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
