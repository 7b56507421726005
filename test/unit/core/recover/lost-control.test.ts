import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/decide/decide.ts';
import { phrase } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Plan, type Step } from '../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { newRecovery } from '../../../../src/core/record/recovery-record.ts';
import { executePlan } from '../../../../src/core/recover/execute-plan.ts';
import type { RunPorts } from '../../../../src/core/recover/run-ports.ts';
import { mariadbServer } from '../../../support/builders/servers.ts';
import {
  pictureOf,
  policy,
  simulatedCommander,
  worldOf,
  type Break,
  type World,
} from '../../../support/builders/world.ts';

const lostIt = phrase('Another process changed the cluster.');

/** A promotion of db2 that ends with a program, as the settings would add it. */
function planFor(world: World): Plan {
  const decision = decide(
    { kind: 'promote', instance: 'db2:3306', acceptLoss: false },
    {
      topology: pictureOf(world, true),
      policy,
      spell: (action) => [action.do],
      proxied: true,
      highWater: new Map(),
      begun: [],
      own: { kind: 'none' },
      handover: null,
    },
  );
  if (decision.kind === 'hold') throw new Error('The plan was refused.');
  const { plan } = decision;
  const step: Step = {
    id: String(stepsOf(plan).length + 1),
    on: plan.newMaster,
    action: { do: 'run-program', program: ['move-dns'], values: {} },
    says: phrase('Run the program {program}.', { program: 'move-dns' }),
    sql: [],
    deadlineMs: 1_000,
    undo: null,
  };
  const stage = { title: phrase('Afterwards'), lanes: [[step]], onFailure: 'report' } as const;
  return { ...plan, stages: [...plan.stages, stage] };
}

interface Run {
  readonly recovery: Recovery;
  /** Everything that was done, on servers, proxies or by programs. */
  readonly acts: readonly string[];
}

/** `lost`: whether the control is lost, given how often it was asked and what was done. */
async function run(
  world: World,
  lost: (asked: number, acts: readonly string[]) => boolean,
  breaks: Break | null = null,
): Promise<Run> {
  const plan = planFor(world);
  const acts: string[] = [];
  let asked = 0;
  let now = 0;
  const simulated = simulatedCommander(world, breaks, () => undefined);
  const ports: RunPorts = {
    commander: {
      ...simulated,
      perform: (address, action, circumstances, signal) => {
        acts.push(action.do);
        return simulated.perform(address, action, circumstances, signal);
      },
    },
    clock: { now: () => (now += 1), monotonic: () => (now += 1), sleep: async () => undefined },
    control: {
      lost: async () => (lost((asked += 1), acts) ? lostIt : null),
      signal: new AbortController().signal,
    },
    addressOf: (key) => key,
    serverOf: (key) => mariadbServer(key),
    lookAgain: async () => {
      acts.push('look-again');
      return null;
    },
    masterLost: new AbortController().signal,
    traffic: {
      hold: async () => void acts.push('hold'),
      pointAt: async () => void acts.push('lead'),
    },
    programs: {
      host: 'here',
      run: async ([program = '']) => {
        acts.push(program);
        return null;
      },
    },
    isDowntimed: () => false,
    tell: () => undefined,
  };
  const begun = newRecovery(plan, { actor: 'test', trigger: 'user', at: 0, randomLetters: 'abc' });
  const recovery = await executePlan(plan, begun, ports, new AbortController().signal);
  return { recovery, acts };
}

const threeServers = (masterLives: boolean): World =>
  worldOf(
    [
      { alive: true, applying: true },
      { alive: true, applying: true },
    ],
    masterLives,
  );

test('as long as it is not lost, all runs, the program last', async () => {
  const { recovery, acts } = await run(threeServers(false), () => false);
  expect(recovery.state).toBe('succeeded');
  expect(acts.at(-1)).toBe('move-dns');
});

const moments = [true, false].flatMap((masterLives) =>
  stepsOf(planFor(threeServers(masterLives))).map(({ id }) => ({ masterLives, id: Number(id) })),
);

test.each(moments)(
  'lost before step $id (master alive: $masterLives): nothing runs any more, nothing is taken back',
  async ({ masterLives, id }) => {
    const { recovery, acts } = await run(threeServers(masterLives), (asked) => asked >= id);
    // Each of these was begun while the control still held.
    expect(acts.length).toBeLessThan(id);
    expect(acts).not.toContain('move-dns');
    expect(recovery.state).toBe('interrupted');
    expect(recovery.problems).toEqual([lostIt]);
    const states = new Set(recovery.steps.map((it) => it.state));
    expect([...states].filter((it) => it !== 'done' && it !== 'skipped')).toEqual([]);
  },
);

test('what fails while the control is lost is not taken back: another may have opened meanwhile', async () => {
  const world = threeServers(true);
  const { recovery, acts } = await run(world, (_, done) => done.includes('set-read-only'), {
    atStep: 3,
    afterEffect: true,
  });
  expect(recovery.state).toBe('interrupted');
  expect(acts.at(-1)).toBe('set-read-only');
  expect(world.get('db1:3306')?.writable).toBe(false);
});
