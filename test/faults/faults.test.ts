import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from '../servers/distributions.ts';
import { whyNoDisk } from '../servers/own-disk.ts';
import { whyNoNetwork } from '../servers/network.ts';
import { buildProgram, type Program } from '../support/harness/monitor.ts';
import { faults, notPlayed } from './all-faults.ts';
import { mostMissing, type Fault } from './fault.ts';
import { whyNoPackets } from './packets.ts';
import { play, type Played } from './play.ts';

const results = join(import.meta.dirname, '../../out/results/faults.jsonl');
const servers: readonly TestServer[] = ['mariadb', 'mysql97'];
/** `all`: every fault on every server; else each once, by turns. */
const isMatrix = process.env['SWITCHOVER_FAULTS'] === 'all';
/** Only those whose id begins so. */
const only = process.env['SWITCHOVER_FAULT'] ?? '';
const noPackets = await whyNoPackets();
const noDisk = await whyNoDisk();
const noNetwork = await whyNoNetwork();

type Line = Partial<Played> & Readonly<Record<string, unknown>>;

const unplayable: Line[] = [];
let program: Program;
beforeAll(async () => {
  await mkdir(join(results, '..'), { recursive: true });
  program = await buildProgram();
});
afterAll(async () => {
  await program?.remove();
  for (const { id, says, because } of notPlayed)
    await note({ id, says, verdict: `not played: ${because}` });
  for (const line of unplayable) await note(line);
});

const chosen = faults.flatMap(turnsOf).filter(({ fault }) => fault.id.startsWith(only));

// Side by side, since a play mostly waits: vitest.config.mts says how many at once.
for (const { fault, server } of chosen) {
  const why =
    fault.notOn?.[server] ??
    (fault.dropsPackets === true ? noPackets : undefined) ??
    (fault.needsDisk === true ? noDisk : undefined) ??
    (fault.wish?.network === true ? noNetwork : undefined);
  const line = { id: fault.id, says: fault.says, server, expected: fault.expected };
  if (why !== undefined) unplayable.push({ ...line, verdict: `not played: ${why}` });
  test.skipIf(why !== undefined)(
    `${fault.id} on ${server}: ${fault.says}: ${fault.expected}`,
    async () => {
      try {
        const played = await play(fault, server, program);
        expect(played.lost).toBeLessThanOrEqual(mostMissing(fault));
        await note({ ...line, verdict: 'as expected', ...played });
      } catch (error) {
        await note({ ...line, verdict: 'WRONG', because: String(error) });
        throw error;
      }
    },
  );
}

function turnsOf(
  fault: Fault,
  place: number,
): readonly { readonly fault: Fault; readonly server: TestServer }[] {
  const able = servers.filter((it) => fault.notOn?.[it] === undefined);
  const turn = able[place % able.length];
  return isMatrix
    ? servers.map((server) => ({ fault, server }))
    : turn === undefined
      ? []
      : [{ fault, server: turn }];
}

function note(line: Line): Promise<void> {
  return appendFile(results, `${JSON.stringify(line)}\n`);
}
