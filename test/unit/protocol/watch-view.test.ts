import { expect, test } from 'vitest';
import type { WatchState } from '../../../src/core/backend.ts';
import type { ProxyPicture } from '../../../src/core/ports.ts';
import { viewOf } from '../../../src/protocol/topology-view.ts';
import { watchViewOf, watchWord } from '../../../src/protocol/watch-view.ts';
import { english } from '../../../src/protocol/localizer.ts';
import { drawn, failover, healthy, watchOf } from '../extension/ui/states.ts';

const now = 1_700_000_000_000;
const minutes = 60_000;

function viewAt(watch: WatchState, monitor?: string): ReturnType<typeof watchViewOf> {
  return watchViewOf(watch, {
    words: english,
    now,
    labelOf: (key) => key.replace(':3306', ''),
    monitor,
  });
}

const downtime = {
  cluster: 'orders',
  instance: null,
  since: now,
  until: now + 25 * minutes,
  owner: 'me@here',
  reason: 'new disks',
};

test.each([
  { name: 'armed', watch: watchOf(), mode: 'armed', action: 'disarm', says: /without asking/ },
  {
    name: 'armed while no monitor is running',
    watch: watchOf({ controller: null }),
    mode: 'unwatched',
    action: 'start-monitor',
    says: /no monitor is running/,
  },
  {
    name: 'held off by a failover that nobody acknowledged',
    watch: watchOf({ blocking: { by: failover({ startedAt: now }), until: now + 60 * minutes } }),
    mode: 'blocked',
    action: null,
    says: /^Blocked until .*\d\d:\d\d, or until the failover of \d\d:\d\d is acknowledged\.$/,
  },
  {
    name: 'disarmed by a person',
    watch: watchOf({
      armed: false,
      disarmed: { cluster: 'orders', at: now, by: 'me@here', reason: 'a migration' },
    }),
    mode: 'manual',
    action: 'arm',
    says: /^Switched off by me@here at \d\d:\d\d\. \(a migration\)$/,
  },
  {
    name: 'not asked for by the settings',
    watch: watchOf({ armed: false }),
    mode: 'manual',
    action: 'arm',
    says: /settings do not ask/,
  },
  {
    name: 'in downtime, though armed',
    watch: watchOf({ downtimes: [downtime] }),
    mode: 'downtime',
    action: 'end-downtime',
    says: /until \d\d:\d\d; begun by me@here\. \(new disks\)$/,
  },
])('the header says that automatic failover is $name', ({ watch, mode, action, says }) => {
  const view = viewAt(watch);
  expect(view).toMatchObject({ mode, action });
  expect(view.says).toMatch(says);
});

function by(holder: string): WatchState {
  return watchOf({ controller: { holder, us: false } });
}

test('who keeps the watch is named: this window, the background monitor, somebody else, nobody', () => {
  expect(viewAt(watchOf()).keeper).toMatch(/^This window/);
  expect(viewAt(by('me@here (7)'), 'me@here (7)').keeper).toMatch(/^The background monitor.*\(7\)/);
  expect(viewAt(by('me@here (8)'), 'me@here (7)').keeper).toMatch(/^Another.*\(8\)/);
  expect(viewAt(watchOf({ controller: null })).keeper).toMatch(/^No monitor/);
});

test('a proxy tells where it leads, or that somebody else serves it', () => {
  const proxy: ProxyPicture = {
    kind: 'embedded',
    listen: '127.0.0.1:6033',
    state: 'leading',
    target: 'db1:3306',
    connections: 3,
    problem: null,
  };
  const shown = (changes: Partial<ProxyPicture>, watch: Partial<WatchState> = {}) =>
    viewAt(watchOf({ proxies: [{ ...proxy, ...changes }], ...watch })).proxies[0];
  expect(shown({})).toEqual({
    name: '127.0.0.1:6033',
    value: 'leads to db1 · 3 connections',
    tone: 'ok',
  });
  expect(shown({ state: 'holding' })?.tone).toBe('warning');
  expect(shown({ state: 'closed', problem: 'The port is taken.' })).toMatchObject({
    value: 'The port is taken.',
    tone: 'error',
  });
  const elsewhere = shown({ state: 'closed' }, { controller: { holder: 'x', us: false } });
  expect(elsewhere?.value).toBe('is served by whoever keeps the watch');
});

test('the row of a cluster says in one word what would happen', () => {
  const word = (watch: WatchState): string => watchWord(watch, english, now);
  expect(word(watchOf())).toBe('auto');
  expect(word(watchOf({ armed: false }))).toBe('manual');
  expect(word(watchOf({ downtimes: [downtime] }))).toBe('downtime 25 min');
  expect(word(watchOf({ downtimes: [{ ...downtime, until: null }] }))).toBe('downtime');
  const { summary } = viewOf(drawn(healthy, { watch: watchOf() }), english, now);
  expect(summary.description).toBe('db1 · 3 servers · auto');
});
