import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '../servers/certificates.ts';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import { cliFor, endedWith, passwords, settingsOf } from '../support/cli.ts';
import { topologyOf } from '../support/shown-topology.ts';

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
