import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Action } from '../../../../../src/core/model/plan.ts';
import type { Commander } from '../../../../../src/core/ports.ts';
import { replicasOf } from '../../../../../src/core/model/topology.ts';
import type { StoppedReceiver } from '../../../../../src/core/model/watch.ts';
import { CutReceivers, type StopNotes } from '../../../../../src/core/engine/watch/receivers.ts';
import { draw } from '../../../../support/builders/drawing.ts';

const signal = new AbortController().signal;

/** Stopping takes until `letGo` is called, as on a replica that waits for a hung master. */
function slowPorts() {
  const told: string[] = [];
  const gate = new AbortController();
  const commander: Commander = {
    prepare: async () => undefined,
    lock: async () => ({ kind: 'held' }),
    holdsLock: async () => true,
    perform: async (address, action: Action) => {
      if (action.do === 'stop-receiver') {
        await opened(gate.signal);
      }
      told.push(`${action.do} ${address}`);
      return { note: null };
    },
    close: () => undefined,
  };
  const clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined };
  const prober = {
    probe: () => Promise.reject(new Error('nobody asks')),
    onLost: () => undefined,
    close: () => undefined,
  };
  return {
    told,
    letGo: () => {
      gate.abort();
    },
    ports: () => ({ commander, clock, prober }),
  };
}

/** Notes of process `us`, with those that were there before. */
function notesWith(...noted: readonly StoppedReceiver[]): StopNotes {
  let all = noted;
  return {
    noted: () => all,
    note: (receivers) => void (all = receivers),
    actor: 'us',
    now: () => 7,
  };
}

async function opened(gate: AbortSignal): Promise<void> {
  if (!gate.aborted) {
    await once(gate, 'abort');
  }
}

const before = draw('db1 silent\n+ db2 receiver=connecting\n+ db3 receiver=connecting');

test('a receiver whose stop is still under way is started after it, not before', async () => {
  const { told, letGo, ports } = slowPorts();
  const receivers = new CutReceivers(notesWith());
  receivers.cut(replicasOf(before, 'db1:3306'), ports, signal);
  const mended = receivers.mend(draw('db1\n+ db2\n+ db3'), ports, signal);
  letGo();
  await mended;
  expect(told.slice(0, 2).every((it) => it.startsWith('stop-receiver'))).toBe(true);
  expect(told.slice(2).toSorted()).toEqual(['start-receiver db2:3306', 'start-receiver db3:3306']);
});

test('whoever reads from a new master by now is left alone', async () => {
  const { told, letGo, ports } = slowPorts();
  const receivers = new CutReceivers(notesWith());
  receivers.cut(replicasOf(before, 'db1:3306'), ports, signal);
  letGo();
  await receivers.mend(draw('db2\n+ db3'), ports, signal);
  expect(told.filter((it) => it.startsWith('start-receiver'))).toEqual([]);
});

test('what a process that is gone had noted is mended by whoever keeps the watch, and by nobody else', async () => {
  const { told, letGo, ports } = slowPorts();
  letGo();
  const noted = ['db2:3306', 'db3:3306'].map((instance) => ({
    instance,
    source: 'db1:3306',
    at: 1,
    by: 'gone',
  }));
  const notes = notesWith(...noted);
  const receivers = new CutReceivers(notes);
  await receivers.mend(draw('db1\n+ db2\n+ db3'), ports, signal);
  expect(told).toEqual([]);
  await receivers.mend(draw('db1\n+ db2\n+ db3 silent'), ports, signal, true);
  expect(told).toEqual(['start-receiver db2:3306']);
  expect(notes.noted().map((it) => it.instance)).toEqual(['db3:3306']);
});

test('receivers are noted as ours before they are stopped, and no more once they run again', async () => {
  const { letGo, ports } = slowPorts();
  const notes = notesWith();
  const receivers = new CutReceivers(notes);
  receivers.cut(replicasOf(before, 'db1:3306'), ports, signal);
  expect(notes.noted()).toEqual([
    { instance: 'db2:3306', source: 'db1:3306', at: 7, by: 'us' },
    { instance: 'db3:3306', source: 'db1:3306', at: 7, by: 'us' },
  ]);
  letGo();
  await receivers.mend(draw('db1\n+ db2\n+ db3'), ports, signal);
  expect(notes.noted()).toEqual([]);
});
