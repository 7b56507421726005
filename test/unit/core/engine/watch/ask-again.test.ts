import { expect, test } from 'vitest';
import type { PlanningContext } from '../../../../../src/core/decide/planning-context.ts';
import type { Finding } from '../../../../../src/core/model/finding.ts';
import type { Channel } from '../../../../../src/core/model/instance.ts';
import { plain } from '../../../../../src/core/model/phrase.ts';
import { stepsOf } from '../../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../../src/core/model/recovery.ts';
import type { StoppedReceiver } from '../../../../../src/core/model/watch.ts';
import { newRecovery } from '../../../../../src/core/record/recovery-record.ts';
import { AskAgain, type HeardAgain } from '../../../../../src/core/engine/watch/ask-again.ts';
import type { WatchContext } from '../../../../../src/core/engine/watch/watch-context.ts';
import { contextIn } from '../../../../support/builders/failover-plan.ts';
import { channelFrom, mariadbServer } from '../../../../support/builders/servers.ts';

const finding: Finding = {
  code: 'DeadMaster',
  severity: 'error',
  instance: 'db1:3306',
  says: 'db1 is dead.',
  evidence: [],
  facts: {},
  advice: '',
};

interface Trial {
  readonly drawing: string;
  /** Whose receivers a process that is gone had noted as stopped. */
  readonly noted: readonly string[];
  /** What the receiver of each replica shows once it was started. */
  readonly after?: Readonly<Record<string, Partial<Channel>>>;
  readonly refused?: boolean;
}

interface Played {
  readonly heard: HeardAgain | undefined;
  readonly started: readonly string[];
  readonly tookMs: number;
  readonly left: readonly StoppedReceiver[];
}

async function letThemTry({ drawing, noted, after = {}, refused }: Trial): Promise<Played> {
  const context: PlanningContext = { ...contextIn(drawing), spell: (action) => [action.do] };
  const started: string[] = [];
  let now = 0;
  let left: readonly StoppedReceiver[] = noted.map((instance) => ({
    instance,
    source: 'db1:3306',
    at: 5,
    by: 'gone',
  }));
  const ports: WatchContext = {
    ports: () => ({
      commander: {
        prepare: async () => undefined,
        lock: async () => ({ kind: 'held' }),
        holdsLock: async () => true,
        perform: async () => ({ note: null }),
        close: () => undefined,
      },
      prober: {
        probe: async (address) => ({
          kind: 'answered',
          at: now,
          server: mariadbServer(address, {
            readOnly: true,
            channels: [channelFrom('db1:3306', after[address] ?? {})],
          }),
        }),
        onLost: () => undefined,
        close: () => undefined,
      },
      clock: { now: () => now, monotonic: () => now, sleep: async (ms) => void (now += ms) },
    }),
    context: async () => context,
    rejoinContext: () => Promise.reject(new Error('Nobody rejoins.')),
    circumstances: () => ({
      now: 0,
      disarmed: undefined,
      downtimes: [],
      unacknowledged: undefined,
      controller: { holder: 'us', us: true },
      storeWritable: true,
      lostBy: new Set(),
    }),
    look: () => Promise.reject(new Error('Nobody looks.')),
    recoveries: () => [],
    stopNotes: {
      noted: () => left,
      note: (receivers) => void (left = receivers),
      actor: 'us',
      now: () => now,
    },
    run: async ({ plan }) => {
      if (refused === true) {
        return { kind: 'refused', because: [plain('locked')], instead: [] };
      }
      started.push(...stepsOf(plan).map((it) => `${it.on} ${it.action.do}`));
      const record = newRecovery(plan, {
        actor: 'us',
        trigger: '',
        at: 0,
        randomLetters: 'abcdef',
      });
      const steps = record.steps.map((it): Recovery['steps'][number] => ({ ...it, state: 'done' }));
      return { kind: 'ran', recovery: { ...record, state: 'succeeded', steps } };
    },
    detected: () => undefined,
    monotonic: () => now,
    log: () => undefined,
  };
  const asking = new AskAgain(ports);
  const heard = await asking.act(finding, context, new Set(), new AbortController().signal);
  return { heard, started, tookMs: now, left };
}

const deaf = 'db1 hung\n+ db2 receiver=no\n+ db3 receiver=no';
const both = ['db2:3306', 'db3:3306'];

test('receivers that the dead process had stopped are started, and what they meet is heard for long enough', async () => {
  const connecting = { receiver: 'connecting' } as const;
  const { heard, started, tookMs, left } = await letThemTry({
    drawing: deaf,
    noted: both,
    after: { 'db2:3306': connecting, 'db3:3306': connecting },
  });
  expect(started).toEqual(['db2:3306 start-receiver', 'db3:3306 start-receiver']);
  expect([...(heard?.lostBy ?? [])]).toEqual(both);
  expect(heard?.testimony).toHaveLength(2);
  expect(tookMs).toBeGreaterThan(700);
  expect(left).toEqual([]);
});

test('one that gets through is no witness of a death', async () => {
  const { heard } = await letThemTry({ drawing: deaf, noted: both });
  expect([...(heard?.lostBy ?? ['nobody was heard'])]).toEqual([]);
});

test.each([
  { when: 'somebody else stopped them', drawing: deaf, noted: [] },
  {
    when: 'one tries already',
    drawing: 'db1 hung\n+ db2 receiver=no\n+ db3 receiver=connecting',
    noted: both,
  },
  { when: 'the master refuses us', drawing: deaf.replace('hung', 'silent'), noted: both },
  {
    when: 'something received would be lost',
    drawing: 'db1 hung\n+ db2 receiver=no applier=no received=0-1-105',
    noted: both,
  },
])('nothing is started when $when', async ({ drawing, noted }) => {
  const { heard, started } = await letThemTry({ drawing, noted });
  expect([heard, started]).toEqual([undefined, []]);
});

test('what is refused leaves the notes for the next who tries', async () => {
  const { heard, left } = await letThemTry({ drawing: deaf, noted: both, refused: true });
  expect(heard).toBeUndefined();
  expect(left).toHaveLength(2);
});
