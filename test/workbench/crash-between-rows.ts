import type { BenchClient } from '../bench/client.ts';
import type { DemoLab } from '../demo/demo-lab.ts';
import { writtenIds } from '../servers/writers.ts';
import { until } from '../support/until.ts';

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
