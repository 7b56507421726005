import { expect, test } from 'vitest';
import { askReplicas } from '../../../../../src/core/engine/watch/ask-replicas-about-master.ts';
import { answered, type Channel } from '../../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { memberOf } from '../../../../../src/core/model/topology.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { channelFrom, mariadbServer } from '../../../../support/builders/servers.ts';

interface Trial {
  readonly drawing: string;
  /** What the receiver of each replica shows after its restart. */
  readonly after: Readonly<Record<string, Partial<Channel>>>;
  readonly stopFails?: readonly string[];
  /** The drawing of the round before. */
  readonly previous?: string;
}

async function ask({ drawing, after, stopFails = [], previous }: Trial) {
  const before = previous === undefined ? undefined : draw(previous);
  const topology = draw(drawing, null, before);
  let now = 0;
  const done: string[] = [];
  const testimonies: string[] = [];
  const noted: string[] = [];
  const answer = await askReplicas(
    topology,
    'db1:3306',
    {
      commander: {
        prepare: async () => undefined,
        lock: async () => ({ kind: 'held' }),
        holdsLock: async () => true,
        perform: async (address, action) => {
          done.push(`${address} ${action.do}`);
          if (action.do === 'stop-receiver' && stopFails.includes(address)) {
            throw new Error('broken on purpose');
          }
          return { note: null };
        },
        close: () => undefined,
      },
      prober: {
        probe: async (address) => {
          const channels = [channelFrom('db1:3306', after[address] ?? {})];
          return {
            kind: 'answered',
            at: now,
            server: mariadbServer(address, { readOnly: true, channels }),
          };
        },
        onLost: () => undefined,
        close: () => undefined,
      },
      clock: { now: () => now, monotonic: () => now, sleep: async (ms) => void (now += ms) },
      spell: (action) => [action.do],
      tell: () => undefined,
      note: (members) => {
        noted.push(...members.map((it) => `${it.key} ${done.length === 0 ? 'before' : 'after'}`));
      },
      testify: (testimony) => testimonies.push(inEnglish(testimony)),
    },
    new AbortController().signal,
  ).catch((error: unknown) => ({ kind: 'failed' as const, error }));
  return { kind: answer.kind, done, noted, tookMs: now, topology, testimonies };
}

const hung = 'db1 silent\n+ db2\n+ db3';
const connecting = { receiver: 'connecting' } as const;
const refused = {
  receiver: 'connecting',
  receiverError: { code: 2003, message: 'refused' },
} as const;

test('a master that nobody gets through to is lost', async () => {
  const { kind, tookMs } = await ask({
    drawing: hung,
    after: { 'db2:3306': connecting, 'db3:3306': connecting },
  });
  expect(kind).toBe('lost');
  expect(tookMs).toBeGreaterThan(700);
  expect(tookMs).toBeLessThan(1_000);
});

test('what was said to whom, and what came of it, is taken down', async () => {
  const { testimonies } = await ask({
    drawing: hung,
    after: { 'db2:3306': refused, 'db3:3306': {} },
  });
  expect(testimonies).toEqual([
    'db2:3306 was told: stop-receiver; start-receiver. It did not get through within 0 ms.',
    'db3:3306 was told: stop-receiver; start-receiver. It got through to its source again.',
  ]);
});

test('whose receivers are to be stopped is noted before, and nobody else', async () => {
  const { noted } = await ask({
    drawing: 'db1 silent\n+ db2\n+ db3 applier=no\n+ db4 receiver=no',
    after: { 'db2:3306': connecting },
  });
  expect(noted).toEqual(['db2:3306 before']);
});

test.each([
  { name: 'a master that waits long lets all be asked at once', words: '', order: 'stop stop' },
  {
    name: 'where a master stops waiting at once, nobody is asked before the last one is back',
    words: ' hasty',
    order: 'stop start',
  },
])('$name', async ({ words, order }) => {
  const { done } = await ask({
    drawing: `db1 silent\n+ db2 semi=replica\n+ db3 semi=replica`,
    after: { 'db2:3306': connecting, 'db3:3306': connecting },
    previous: `db1 semi=source${words}\n+ db2 semi=replica\n+ db3 semi=replica`,
  });
  const first = done.slice(0, 2).map((it) => it.replace(/^.* |-receiver$/g, ''));
  expect(first.join(' ')).toBe(order);
});

test('an error after the restart is an answer at once', async () => {
  const { kind, tookMs } = await ask({
    drawing: hung,
    after: { 'db2:3306': refused, 'db3:3306': refused },
  });
  expect([kind, tookMs]).toEqual(['lost', 0]);
});

test('one who gets through is enough: the master lives', async () => {
  const { kind } = await ask({ drawing: hung, after: { 'db2:3306': connecting, 'db3:3306': {} } });
  expect(kind).toBe('lives');
});

test('a replica whose applier is stopped is not asked: its relay log would be lost', async () => {
  const { kind, done } = await ask({
    drawing: 'db1 silent\n+ db2 applier=no\n+ db3',
    after: { 'db3:3306': connecting },
  });
  expect(kind).toBe('cannot-ask');
  expect(done.some((it) => it.startsWith('db2'))).toBe(false);
});

test('whatever becomes of a stop, the receiver is started again, and nothing is concluded', async () => {
  const { kind, done } = await ask({
    drawing: hung,
    after: { 'db2:3306': connecting, 'db3:3306': connecting },
    stopFails: ['db2:3306'],
  });
  expect(kind).toBe('cannot-ask');
  expect(done.filter((it) => it.endsWith('start-receiver'))).toHaveLength(2);
});

test('one whose receiver does not stop does not silence another who gets through', async () => {
  const { kind } = await ask({
    drawing: hung,
    after: { 'db2:3306': connecting, 'db3:3306': {} },
    stopFails: ['db2:3306'],
  });
  expect(kind).toBe('lives');
});

test('the drawing shows what the question is about', () => {
  const topology = draw(hung);
  expect(answered(memberOf(topology, 'db2:3306'))?.channels[0]?.receiver).toBe('yes');
});
