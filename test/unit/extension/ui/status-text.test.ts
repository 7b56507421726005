import { expect, test } from 'vitest';
import type { WatchState } from '../../../../src/core/backend.ts';
import { statusOf } from '../../../../src/extension/ui/cluster-status.ts';
import { badgeOf, statusText } from '../../../../src/extension/ui/status-text.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { automatic, drawn, failover, healthy, silenced, watchOf } from './states.ts';

const now = 1_700_000_000_000;
const dead = 'db1 silent\n+ db2 receiver=no\n+ db3 receiver=no';

test.each([
  {
    name: 'a healthy cluster',
    state: drawn(healthy),
    says: 'database orders: db1',
    background: null,
  },
  {
    name: 'a lagging replica',
    state: drawn('db1\n+ db2 lag=42\n+ db3'),
    says: 'clock orders: db1 · 42s lag',
    background: null,
  },
  {
    name: 'a silent replica',
    state: silenced(healthy, 'db2:3306'),
    says: 'warning orders: db1 · 1/3 down',
    background: 'warning',
  },
  {
    name: 'a replica that does not apply',
    state: drawn('db1\n+ db2 applier=no\n+ db3'),
    says: 'warning orders: db1 · 1 problem',
    background: 'warning',
  },
  {
    name: 'a dead master',
    state: drawn(dead),
    says: 'error orders: no master',
    background: 'error',
  },
  {
    name: 'a silent master that replicas still hear',
    state: drawn('db1 silent\n+ db2\n+ db3'),
    says: 'sync~spin orders: checking db1 0/2',
    background: null,
  },
  {
    name: 'a silent master that one of two replicas still hears',
    state: drawn('db1 silent\n+ db2 receiver=no\n+ db3'),
    says: 'sync~spin orders: checking db1 1/2',
    background: null,
  },
  {
    name: 'a cluster of which nothing can be reached',
    state: drawn('db1 silent'),
    says: 'debug-disconnect orders: unreachable',
    background: 'error',
  },
  {
    name: 'two writable masters',
    state: drawn('db1\n+ db2\ndb3 rw'),
    says: 'error orders: two masters',
    background: 'error',
  },
  {
    name: 'a run in its second step of three',
    state: drawn(dead, { running: recoveryAt('running', 'done', 'running', 'waiting') }),
    says: 'sync~spin orders: step 2/3',
    background: 'warning',
  },
  {
    name: 'an automatic recovery that nobody acknowledged',
    state: drawn(healthy, { recoveries: [automatic(recoveryAt('succeeded', 'done'))] }),
    says: 'bell-dot orders: db1 · acknowledge',
    background: 'warning',
  },
  {
    name: 'an automatic recovery that failed',
    state: drawn(healthy, { recoveries: [automatic(recoveryAt('failed', 'failed'))] }),
    says: 'error orders: recovery failed',
    background: 'error',
  },
  {
    name: 'a promotion that a person asked for',
    state: drawn(healthy, { recoveries: [recoveryAt('succeeded', 'done')] }),
    says: 'database orders: db1',
    background: null,
  },
  {
    name: 'a failover of another process in its second step of three',
    state: drawn(dead, {
      recoveries: [
        {
          ...failover(),
          state: 'running',
          steps: recoveryAt('running', 'done', 'running', 'waiting').steps,
        },
      ],
    }),
    says: 'sync~spin orders: failover 2/3',
    background: 'warning',
  },
  {
    name: 'automatic failover that a person switched off',
    state: drawn(healthy, {
      watch: watchOf({
        armed: false,
        disarmed: { cluster: 'orders', at: 1, by: 'me@here', reason: '' },
      }),
    }),
    says: 'debug-pause orders: db1 · manual',
    background: null,
  },
  {
    name: 'a cluster that somebody else watches',
    state: drawn(healthy, { watch: watchOf({ controller: { holder: 'x (2)', us: false } }) }),
    says: 'eye orders: db1',
    background: null,
  },
  {
    name: 'a cluster that this window watches',
    state: drawn(healthy, { watch: watchOf() }),
    says: 'database orders: db1',
    background: null,
  },
  {
    name: 'a cluster that was not seen yet',
    state: undefined,
    says: 'loading~spin orders: looking',
    background: null,
  },
])('the status bar tells $name', ({ state, says, background }) => {
  const status = statusText([statusOf('orders', state)], english, now);
  expect(`${status?.icon ?? ''} ${status?.spoken ?? ''}`).toBe(says);
  expect(status?.background).toBe(background);
});

function clickOf(state: ReturnType<typeof drawn>): string | undefined {
  return statusText([statusOf('orders', state)], english, now)?.click;
}

test('a click leads to what the status asks for', () => {
  expect(clickOf(drawn(healthy))).toBe('topology');
  expect(clickOf(drawn(healthy, { recoveries: [failover()] }))).toBe('recovery');
  const disarmed = { cluster: 'orders', at: 1, by: 'me@here', reason: '' };
  expect(clickOf(drawn(healthy, { watch: watchOf({ armed: false, disarmed }) }))).toBe('arm');
  const controller = { holder: 'x (2)', us: false };
  expect(clickOf(drawn(healthy, { watch: watchOf({ controller }) }))).toBe('monitor');
});

test('without a cluster the status bar shows nothing', () => {
  expect(statusText([], english, now)).toBeUndefined();
});

test('of several clusters the worst speaks and the others are counted', () => {
  const statuses = [
    statusOf('billing', drawn(healthy)),
    statusOf('orders', drawn(dead)),
    statusOf('stock', drawn('db1\n+ db2 lag=42\n+ db3')),
  ];
  const status = statusText(statuses, english, now);
  expect(`${status?.icon ?? ''} ${status?.spoken ?? ''}`).toBe('error orders: no master +2');
  expect(status?.opens).toBe('orders');
  expect(status?.rows.map((it) => it.cluster)).toEqual(['orders', 'stock', 'billing']);
});

test('of several healthy clusters a click asks which', () => {
  const statuses = ['billing', 'orders'].map((it) => statusOf(it, drawn(healthy)));
  expect(statusText(statuses, english, now)?.opens).toBeNull();
});

test('the badge counts what asks for a person, and is absent when nothing does', () => {
  expect(badgeOf([statusOf('orders', drawn(healthy))], english)).toBeUndefined();
  const state = drawn('db1\n+ db2 applier=no\n+ db3', {
    recoveries: [automatic(recoveryAt('succeeded', 'done'))],
  });
  expect(badgeOf([statusOf('orders', state)], english)).toEqual({
    value: 2,
    tooltip: '1 recovery to acknowledge, 1 problem',
  });
});

test('a failover that nobody acknowledged blocks the next one, and the tooltip says until when', () => {
  const by = failover({ startedAt: now });
  const blocking = { by, until: now + 3_600_000 };
  const watched = (changes: Partial<WatchState>): string | undefined => {
    const state = drawn(healthy, { recoveries: [by], watch: watchOf({ blocking, ...changes }) });
    return statusText([statusOf('orders', state)], english, now)?.remarks.join();
  };
  expect(watched({})).toMatch(
    /^orders: Automatic failover is blocked until you acknowledge the last one, or until \d\d:\d\d\.$/,
  );
  expect(watched({ blocking: undefined })).toBe('');
  expect(watched({ armed: false })).toBe('');
});
