import { expect, test } from 'vitest';
import { inEnglish, phrase, plain, type Phrase } from '../../../../src/core/model/phrase.ts';
import type { ProgramPolicy } from '../../../../src/core/model/policy.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { newRecovery } from '../../../../src/core/record/recovery-record.ts';
import { executePlan } from '../../../../src/core/recover/execute-plan.ts';
import { plannedFor } from '../../../support/builders/failover-plan.ts';
import { mariadbServer } from '../../../support/builders/servers.ts';
import { simulatedCommander, worldOf } from '../../../support/builders/world.ts';

const drawing = `
db1 silent
+ db2 receiver=connecting
+ db3 receiver=connecting
+ db4 silent`;

const both: ProgramPolicy = {
  before: [['before', '{isSuccessful}', '{countLostReplicas}']],
  after: [
    [
      'after',
      '{isSuccessful}',
      '{lostReplicas}',
      '{recoveryUID}',
      '{orchestratorHost}',
      '{command}',
    ],
    ['last', '{isDowntimed}'],
  ],
  timeoutSeconds: 5,
};

interface Ran {
  readonly program: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** Fails over with programs of which `fails` names those that fail; `breaks` names a replica that does not follow. */
async function failOver(fails: readonly string[], breaks = '') {
  const ran: Ran[] = [];
  const performed: string[] = [];
  const world = worldOf(
    [
      { alive: true, applying: true },
      { alive: true, applying: true },
    ],
    false,
  );
  const commander = simulatedCommander(world, null, () => undefined);
  const plan = plannedFor('db2:3306', drawing, { programs: both });
  let now = 0;
  const recovery = await executePlan(
    plan,
    newRecovery(plan, { actor: 'me', trigger: 'user', at: 0, randomLetters: 'abcdef' }),
    {
      commander: {
        ...commander,
        perform: async (address, action, circumstances, signal) => {
          performed.push(action.do);
          if (action.do === 'verify-replicating' && address === breaks) {
            throw new ReplicationError('refused-by-check', 'It does not.');
          }
          return commander.perform(address, action, circumstances, signal);
        },
      },
      clock: { now: () => (now += 1), monotonic: () => (now += 1), sleep: async () => undefined },
      addressOf: (key) => key,
      serverOf: (key) => mariadbServer(key),
      lookAgain: async () => null,
      control: { lost: async () => null, signal: new AbortController().signal },
      masterLost: new AbortController().signal,
      traffic: {
        hold: async () => void performed.push('hold'),
        pointAt: async () => undefined,
      },
      programs: {
        host: 'here',
        run: async (program, how): Promise<Phrase | null> => {
          ran.push({ program, ...how });
          if (fails.includes(program[0] ?? '')) {
            throw new ReplicationError('refused-by-check', phrase('It says no.'));
          }
          return plain('fine');
        },
      },
      isDowntimed: (key) => key === 'db1:3306',
      tell: () => undefined,
    },
    new AbortController().signal,
  );
  return { recovery, ran, performed, words: ran.map((it) => it.program.join(' ')) };
}

test('programs get what only the run knows', async () => {
  const { recovery, ran, words } = await failOver([]);
  expect(recovery.state).toBe('succeeded');
  expect(words).toEqual([
    'before false 1',
    `after true db4:3306 ${recovery.id} here promote`,
    'last true',
  ]);
  expect(ran.map((it) => it.deadlineMs)).toEqual([5000, 5000, 5000]);
  expect(ran[1]?.environment).toMatchObject({
    ORC_FAILED_HOST: 'db1',
    ORC_SUCCESSOR_HOST: 'db2',
    ORC_IS_SUCCESSFUL: 'true',
    ORC_RECOVERY_UID: recovery.id,
  });
});

test('what a program said is in the record', async () => {
  const { recovery } = await failOver([]);
  const notes = recovery.steps.flatMap((it) => (it.note === null ? [] : [inEnglish(it.note)]));
  expect(notes).toEqual(['fine', 'fine', 'fine']);
});

test('a program before that fails ends the failover before anything was touched', async () => {
  const { recovery, performed, words } = await failOver(['before']);
  expect(recovery.state).toBe('undone');
  expect(recovery.openedAt).toBeNull();
  expect(recovery.problems.map(inEnglish)).toEqual([
    'Step 1 failed (Run the program before <isSuccessful> <countLostReplicas>): It says no.',
  ]);
  expect(performed).toEqual([]);
  expect(words).toEqual(['before false 1']);
});

test('a program after that fails is told, and the next one runs', async () => {
  const { recovery, words } = await failOver(['after']);
  expect(recovery.state).toBe('partial');
  expect(words.at(-1)).toBe('last true');
  expect(recovery.problems.map(inEnglish).join()).toContain('It says no.');
});

test('a replica that did not follow is named to the programs after', async () => {
  const { words } = await failOver([], 'db3:3306');
  expect(words[1]).toContain('db3:3306,db4:3306');
});
