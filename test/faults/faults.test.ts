import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestServer } from '../servers/distributions.ts';
import { whyNoDisk } from '../servers/own-disk.ts';
import { whyNoNetwork } from '../servers/network.ts';
import { buildProgram, type Program } from '../support/monitor.ts';
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

let program: Program;
beforeAll(async () => {
  await mkdir(join(results, '..'), { recursive: true });
  program = await buildProgram();
});
afterAll(async () => {
  await program?.remove();
  for (const { id, says, because } of notPlayed)
    await note({ id, says, verdict: `not played: ${because}` });
});

const chosen = faults.flatMap(turnsOf).filter(({ fault }) => fault.id.startsWith(only));

describe.each(chosen)('$fault.id on $server', ({ fault, server }) => {
  const why =
    fault.notOn?.[server] ??
    (fault.dropsPackets === true ? noPackets : undefined) ??
    (fault.needsDisk === true ? noDisk : undefined) ??
    (fault.wish?.network === true ? noNetwork : undefined);
  test.skipIf(why !== undefined)(`${fault.says}: ${fault.expected}`, async () => {
    const line = { id: fault.id, says: fault.says, server, expected: fault.expected };
    try {
      const played = await playOnceOrTwice(fault, server, line);
      expect(played.lost).toBeLessThanOrEqual(mostMissing(fault));
      await note({ ...line, verdict: 'as expected', ...played });
    } catch (error) {
      await note({ ...line, verdict: 'WRONG', because: String(error) });
      throw error;
    }
  });
  afterAll(async () => {
    if (why !== undefined)
      await note({ id: fault.id, says: fault.says, server, verdict: `not played: ${why}` });
  });
});

/** Words of a play that waited. Two that take writes together, or a bound that was passed, are wrong at once. */
const ranOutOfTime = /Waited \d+ ms in vain/;

/**
 * A machine that is busy may need longer than a play waits for something: then it is played once more, and the table
 * tells of both. Whatever was done wrong is wrong at once.
 */
async function playOnceOrTwice(
  fault: Fault,
  server: TestServer,
  line: Readonly<Record<string, unknown>>,
): Promise<Played> {
  try {
    return await play(fault, server, program);
  } catch (error) {
    if (!ranOutOfTime.test(String(error))) throw error;
    await note({ ...line, verdict: 'too late, played again', because: String(error) });
    return play(fault, server, program);
  }
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

function note(line: Partial<Played> & Readonly<Record<string, unknown>>): Promise<void> {
  return appendFile(results, `${JSON.stringify(line)}\n`);
}
