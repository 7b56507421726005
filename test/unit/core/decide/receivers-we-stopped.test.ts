import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import type { PlanningContext } from '../../../../src/core/decide/planning-context.ts';
import {
  hasStoppedChannel,
  stoppedByUs,
} from '../../../../src/core/decide/receivers-we-stopped.ts';
import { planAskAgain } from '../../../../src/core/decide/plans/plan-ask-again.ts';
import { answered, type InstanceKey } from '../../../../src/core/model/instance.ts';
import { stepsOf } from '../../../../src/core/model/plan.ts';
import type { Recovery, StepRecord } from '../../../../src/core/model/recovery.ts';
import { memberOf, type Member } from '../../../../src/core/model/topology.ts';
import { unappliedOf } from '../../../../src/core/model/unapplied.ts';
import type { StoppedReceiver } from '../../../../src/core/model/watch.ts';
import { contextIn } from '../../../support/builders/failover-plan.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';

const cut = 'db1 silent\n+ db2 receiver=no\n+ db3 receiver=no';

function contextOf(drawing: string): PlanningContext {
  return { ...contextIn(drawing), spell: (action) => [action.do] };
}

function masterIn({ topology }: PlanningContext): Member {
  const master = memberOf(topology, 'db1:3306');
  if (master === undefined) throw new Error('No master is drawn.');
  return master;
}

function step(on: InstanceKey, does: string, state: StepRecord['state'] = 'done'): StepRecord {
  const [sample] = recoveryAt('interrupted', state).steps;
  if (sample === undefined) throw new Error('The sample has no step.');
  return { ...sample, id: `${on} ${does}`, on, sql: [does] };
}

/** A failover from db1 that was cut short when it had stopped both receivers. */
function failover(differs: Partial<Recovery> = {}): Recovery {
  return {
    ...recoveryAt('interrupted'),
    kind: 'failover',
    oldMaster: 'db1:3306',
    newMaster: 'db2:3306',
    steps: [step('db2:3306', 'stop-receiver'), step('db3:3306', 'stop-receiver', 'failed')],
    ...differs,
  };
}

function note(instance: InstanceKey, source = 'db1:3306'): StoppedReceiver {
  return { instance, source, at: 1_700_000_000_000, by: 'gone' };
}

function keysFor(
  drawing: string,
  recoveries: readonly Recovery[],
  stopped: readonly StoppedReceiver[] = [],
): string {
  const context = contextOf(drawing);
  return stoppedByUs(context, masterIn(context), { recoveries, stopped })
    .map((it) => it.key.replace(':3306', ''))
    .join(' ');
}

const repair = { kind: 'repair', oldMaster: null, newMaster: 'db1:3306' } as const;

test.each<{ when: string; recoveries: readonly Recovery[]; who: string }>([
  { when: 'nothing is recorded', recoveries: [], who: '' },
  { when: 'a failover was cut short', recoveries: [failover()], who: 'db2 db3' },
  {
    when: 'it could not be taken back',
    recoveries: [failover({ state: 'failed' })],
    who: 'db2 db3',
  },
  { when: 'it still runs', recoveries: [failover({ state: 'running' })], who: '' },
  {
    when: 'one step was taken back',
    recoveries: [
      failover({
        steps: [step('db2:3306', 'stop-receiver', 'undone'), step('db3:3306', 'stop-receiver')],
      }),
    ],
    who: 'db3',
  },
  {
    when: 'one step had not begun',
    recoveries: [
      failover({
        steps: [step('db2:3306', 'stop-receiver'), step('db3:3306', 'stop-receiver', 'waiting')],
      }),
    ],
    who: 'db2',
  },
  {
    when: 'the candidate let go of the master',
    recoveries: [failover({ steps: [step('db2:3306', 'stop-replication', 'running')] })],
    who: 'db2',
  },
  {
    when: 'it did something else there',
    recoveries: [failover({ steps: [step('db2:3306', 'wait-until-applied')] })],
    who: '',
  },
  { when: 'it opened somebody', recoveries: [failover({ openedAt: 5 })], who: '' },
  { when: 'it was about another', recoveries: [failover({ oldMaster: 'db9:3306' })], who: '' },
  {
    when: 'a former master was closed since',
    recoveries: [{ ...failover(), kind: 'fence' }, failover()],
    who: 'db2 db3',
  },
  {
    when: 'it was taken back by a restore',
    recoveries: [{ ...failover(), kind: 'restore' }, failover()],
    who: '',
  },
  {
    when: 'one was started again since',
    recoveries: [
      { ...failover(), ...repair, steps: [step('db2:3306', 'start-receiver')] },
      failover(),
    ],
    who: 'db3',
  },
  {
    when: 'a start failed since',
    recoveries: [
      { ...failover(), ...repair, steps: [step('db2:3306', 'start-receiver', 'failed')] },
      failover(),
    ],
    who: 'db2 db3',
  },
  {
    when: 'a second failover stopped it after that',
    recoveries: [
      failover(),
      { ...failover(), ...repair, steps: [step('db2:3306', 'start-receiver')] },
      failover(),
    ],
    who: 'db2 db3',
  },
])('whose receivers we stopped, when $when', ({ recoveries, who }) => {
  expect(keysFor(cut, recoveries)).toBe(who);
});

test('what a process noted before it stopped them counts as well, if it was about this master', () => {
  expect(keysFor(cut, [], [note('db2:3306'), note('db3:3306', 'db9:3306')])).toBe('db2');
});

test('what was begun before the master last answered explains nothing', () => {
  const context = contextOf(cut);
  const master = masterIn(context);
  const server = answered(memberOf(context.topology, 'db2:3306'));
  if (server === undefined) throw new Error('db2 does not answer.');
  const seen = { ...master, lastAnswer: { at: 1_700_000_000_001, server } };
  const past = { recoveries: [failover()], stopped: [note('db2:3306')] };
  expect(stoppedByUs(context, seen, past)).toEqual([]);
  const before = { ...master, lastAnswer: { at: 1_699_999_999_999, server } };
  expect(stoppedByUs(context, before, past)).toHaveLength(2);
});

test.each([
  { marks: 'receiver=no io=2003', because: 'it failed by itself, and that is an answer' },
  { marks: 'receiver=connecting', because: 'it tries' },
  { marks: '', because: 'it hears the master' },
  { marks: 'silent', because: 'it does not answer' },
  {
    marks: 'receiver=no applier=no received=0-1-105',
    because: 'a start would throw away what it received and did not apply',
  },
  { marks: 'receiver=no applier=no sql=1062', because: 'its applier is broken' },
])('no receiver is started on a replica that is "$marks": $because', ({ marks }) => {
  expect(keysFor(`db1 silent\n+ db2 ${marks}\n+ db3 receiver=no`, [failover()])).toBe('db3');
});

const marks = fc.constantFrom(
  '',
  'receiver=no',
  'receiver=connecting',
  'receiver=no applier=no',
  'receiver=no applier=no received=0-1-105',
  'receiver=no applier=no received=0-1-100',
  'receiver=no io=2003',
  'silent',
);

/** What is wrong with what is done where these stand: nothing but a start, and only where nothing received is lost. */
function troubleWith(each: readonly string[], noted: boolean): readonly string[] {
  const keys = each.map((_, place) => `db${String(place + 2)}`);
  const context = contextOf(
    ['db1 silent', ...keys.map((it, place) => `+ ${it} ${each[place] ?? ''}`)].join('\n'),
  );
  const names = keys.map((it) => `${it}:3306`);
  const past = noted
    ? { recoveries: [], stopped: names.map((it) => note(it)) }
    : {
        recoveries: [failover({ steps: names.map((it) => step(it, 'stop-receiver')) })],
        stopped: [],
      };
  const decision = planAskAgain(context, masterIn(context), past, []);
  if (decision.kind === 'hold') {
    return each.includes('receiver=no') ? ['One that could be started is not.'] : [];
  }
  const { plan } = decision;
  return [
    ...objectionsTo(plan, context.topology),
    ...stepsOf(plan).flatMap((it) => {
      const server = answered(memberOf(context.topology, it.on));
      const [channel] = server?.channels ?? [];
      const keeps =
        server !== undefined &&
        channel?.receiver === 'no' &&
        (channel.applier === 'yes' || unappliedOf(server).length === 0);
      return keeps ? [] : [`${it.on} may lose what it received.`];
    }),
  ];
}

test('the plan starts receivers, nothing else, and never where something received would be lost', () => {
  fc.assert(
    fc.property(fc.array(marks, { minLength: 1, maxLength: 5 }), fc.boolean(), (each, noted) => {
      expect(troubleWith(each, noted)).toEqual([]);
    }),
  );
});

test('one in downtime is left alone', () => {
  const context = contextOf(cut);
  const past = { recoveries: [failover()], stopped: [] };
  const downtime = {
    cluster: 'orders',
    instance: 'db2:3306',
    since: 0,
    until: null,
    owner: 'me',
    reason: '',
  };
  const decision = planAskAgain(context, masterIn(context), past, [downtime]);
  expect(decision.kind === 'act' ? stepsOf(decision.plan).map((it) => it.on) : []).toEqual([
    'db3:3306',
  ]);
});

test.each([
  { marks: 'receiver=no', stands: true },
  { marks: 'receiver=no io=2003', stands: true },
  { marks: 'receiver=no io=1236', stands: false },
  { marks: 'receiver=connecting io=2003', stands: false },
])('a replica that is "$marks" was stopped: $stands', ({ marks: drawn, stands }) => {
  const { topology } = contextOf(`db1\n+ db2 ${drawn}`);
  const replica = memberOf(topology, 'db2:3306');
  expect(replica && hasStoppedChannel(replica)).toBe(stands);
});
