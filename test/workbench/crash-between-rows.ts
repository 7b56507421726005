import { expect } from 'vitest';
import type { BenchClient } from '../bench/client.ts';
import type { DemoLab } from '../demo/demo-lab.ts';
import { writtenIds } from '../servers/writers.ts';
import { until } from '../support/harness/until.ts';

/**
 * Ends the master as a crash does, while no row is under way and the replicas have all of them. In the middle of a
 * commit it could keep a transaction that no replica has ever seen, and then it is right to refuse its rejoin.
 */
export async function crashBetweenRows(
  lab: DemoLab,
  client: BenchClient,
  master: string,
): Promise<void> {
  const goOn = await client.hold();
  try {
    const last = client.latest()?.id;
    for (const key of lab.keys.filter((it) => it !== master)) {
      await until(`${key} has every row`, async () => {
        const there = await writtenIds(lab.server(key));
        return last === undefined || there.has(last);
      });
    }
    await lab.crash(master);
  } finally {
    goOn();
  }
}

/** Kills the master of now, sees that writes go on elsewhere, and waits until the old one has rejoined. */
export async function losesItsMaster(
  lab: DemoLab,
  client: BenchClient,
  limitMs: number,
): Promise<void> {
  const { master } = await lab.look();
  const before = await lab.recoveries();
  const written = client.acknowledgedCount();
  await crashBetweenRows(lab, client, master ?? '');
  await until('writes go on', () => client.acknowledgedCount() >= written + 100, limitMs);
  const failover = (await lab.recoveries()).find((it) => it.kind === 'failover');
  expect(failover).toMatchObject({ state: 'succeeded', trigger: 'DeadMaster' });
  expect(before.map((it) => it.id)).not.toContain(failover?.id);
  await lab.acknowledge(failover?.id ?? '');
  await lab.start(master ?? '');
  await until(
    'the old master rejoined',
    async () => (await lab.recoveries()).length >= before.length + 2,
    limitMs,
  );
}
