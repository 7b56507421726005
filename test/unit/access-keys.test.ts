import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { openStore } from '../../src/adapters/store/sqlite-store.ts';
import { createAccess } from '../../src/wiring/engine.ts';
import { clusterSchema } from '../../src/config/cluster-schema.ts';
import { readSettings } from '../../src/config/settings.ts';
import type { Store } from '../../src/core/ports.ts';
import { scratchDir, setClock } from '../support/harness/store/scratch.ts';
import { tinyServer } from '../support/harness/tiny-server.ts';

test('a look as administrator that records nothing knows the keys of servers, and nothing else of the journal', async () => {
  using scratch = scratchDir();
  const journal = openStore(scratch.dir, { clock: setClock() });
  const used: string[] = [];
  const keysOf = new Proxy<Store>(journal, {
    get: (store, name, self) => {
      used.push(String(name));
      return Reflect.get(store, name, self) as unknown;
    },
  });
  const server = await tinyServer();
  const access = createAccess({
    settings: readSettings({}).settings,
    cluster: clusterSchema.parse({ id: 'orders', seeds: [server.address], user: 'monitor' }),
    login: { user: 'root', password: 'hush' },
    stateDir: tmpdir(),
    log: () => undefined,
    openStore: { keysOf },
  });
  await access.backend.refresh(AbortSignal.timeout(5_000));
  access.close();
  await server.close();
  journal.close();
  expect(server.met.connections).toBeGreaterThan(0);
  expect(new Set(used)).toEqual(new Set(['serverKeys']));
});
