import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../src/wiring/engine.ts';
import { readSettings } from '../../src/config/settings.ts';
import type { ClusterState } from '../../src/core/backend.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { until } from '../support/harness/until.ts';
import { docker, makeSandbox, publishedPort, sqlIn, type Sandbox } from './containers.ts';

/** How the servers of one engine are found, reached and followed; the engine is the one that the docker command asks. */
export function findingStory(): void {
  let sandbox: Sandbox;
  let master: string;
  let replica: string;
  let hidden: string;
  const lookers = lookPortsOf(() => sandbox.rootPassword);

  beforeAll(async () => {
    sandbox = await makeSandbox();
    master = `${sandbox.prefix}-db001`;
    replica = `${sandbox.prefix}-db002`;
    hidden = `${sandbox.prefix}-db003`;
    await Promise.all([
      sandbox.runServer(master, { words: ['--publish', '127.0.0.1::3306'] }),
      sandbox.runServer(replica),
      sandbox.runServer(hidden, { network: 'none' }),
    ]);
    await sqlIn(
      master,
      "CREATE USER repl@'%' IDENTIFIED BY 'repl'; GRANT REPLICATION SLAVE ON *.* TO repl@'%'",
    );
    await follow(replica, master);
  });

  afterEach(() => {
    lookers.close();
  });

  afterAll(async () => {
    await sandbox?.remove();
  });

  test('from one name that only containers know to the whole cluster, each over the best way', async () => {
    const state = await look(lookers.open({ seeds: [`${master}:3306`] }));
    const format = `{{(index .NetworkSettings.Networks "${sandbox.network}").IPAddress}}`;
    const address = await docker('inspect', '--format', format, replica);
    expect(shown(state)).toEqual({
      [`${master}:3306`]: [
        'master',
        `127.0.0.1:${String(await publishedPort(master))}`,
        'answered',
        null,
      ],
      [`${replica}:3306`]: ['replica', `${address}:3306`, 'answered', `${master}:3306`],
    });
    expect(state.containers?.get(`${replica}:3306`)?.state).toBe('running');
  });

  test('a published port as seed becomes the name that the servers use', async () => {
    const state = await look(
      lookers.open({ seeds: [`127.0.0.1:${String(await publishedPort(master))}`] }),
    );
    expect(state.topology.members.map((it) => it.key)).toEqual([
      `${master}:3306`,
      `${replica}:3306`,
    ]);
    expect(state.topology.members[0]?.aliases).toContain(
      `127.0.0.1:${String(await publishedPort(master))}`,
    );
  });

  test('a server without a network is reached through a command in its container', async () => {
    const state = await look(lookers.open({ seeds: [`${hidden}:3306`] }));
    const id = (await docker('inspect', '--format', '{{.Id}}', hidden)).trim().slice(0, 12);
    expect(shown(state)).toEqual({
      [`${hidden}:3306`]: ['master', `docker-exec:${hidden}@${id}:3306`, 'answered', null],
    });
    expect(state.notes?.map(inEnglish).join()).toMatch(/through a command in its container/);
  });

  test('what happens to a container is seen at once: paused, resumed, stopped, started, removed', async () => {
    const engine = lookers.open({ seeds: [`${replica}:3306`], pollMs: 1_000 });
    const backend = engine.clusters.get('orders');
    const end = new AbortController();
    const watching = backend?.watch(end.signal);
    const key = `${replica}:3306`;
    const shows = (state: string, probe: string) => () => {
      const now = backend?.current();
      const member = now?.topology.members.find((it) => it.key === key);
      const container = now?.containers?.get(key)?.state ?? 'gone';
      return container === state && member?.probe.kind === probe;
    };
    try {
      await until('it shows', shows('running', 'answered'), 10_000);
      await docker('pause', replica);
      await until('it shows', shows('paused', 'silent'), 10_000);
      await docker('unpause', replica);
      await until('it shows', shows('running', 'answered'), 10_000);
      await docker('stop', '--time', '10', replica);
      await until('it shows', shows('exited', 'silent'), 10_000);
      const says = backend?.current()?.topology.members.find((it) => it.key === key)?.probe;
      expect(says?.kind === 'silent' ? inEnglish(says.says) : '').toMatch(/has ended \(0\)/);
      await docker('start', replica);
      await until('it shows', shows('running', 'answered'), 20_000);
      await docker('rm', '--force', replica);
      await until('it shows', shows('gone', 'silent'), 10_000);
    } finally {
      end.abort();
      await watching;
    }
  });
}

export async function follow(name: string, source: string): Promise<void> {
  const at = `MASTER_HOST='${source}', MASTER_PORT=3306, MASTER_USER='repl', MASTER_PASSWORD='repl'`;
  await sqlIn(name, `STOP SLAVE; CHANGE MASTER TO ${at}, MASTER_USE_GTID=slave_pos; START SLAVE`);
}

/** Engines of ours, as the command line or the editor would compose them, each for one cluster of these settings. */
export function lookPortsOf(rootPassword: () => string): {
  readonly open: (cluster: object) => Engine;
  readonly close: () => void;
} {
  const engines: Engine[] = [];
  return {
    open: (cluster) => {
      const raw = { clusters: [{ id: 'orders', user: 'root', environment: 'lab', ...cluster }] };
      const { settings, problems } = readSettings(raw);
      expect(problems).toEqual([]);
      const engine = createEngine({
        settings,
        passwords: () => Promise.resolve(rootPassword()),
        stateDir: mkdtempSync(join(tmpdir(), 'switchover-docker-')),
        log: () => undefined,
      });
      engines.push(engine);
      return engine;
    },
    close: () => {
      engines.splice(0).forEach((it) => {
        it.close();
      });
    },
  };
}

export async function look(engine: Engine): Promise<ClusterState> {
  const backend = engine.clusters.get('orders');
  if (backend === undefined) throw new Error('There is no cluster.');
  return backend.refresh(AbortSignal.timeout(20_000));
}

export function shown({ topology }: ClusterState): object {
  return Object.fromEntries(
    topology.members.map((it) => [it.key, [it.role, it.address, it.probe.kind, it.source]]),
  );
}
