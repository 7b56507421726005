import { expect, test } from 'vitest';
import { phrase } from '../../../../src/core/model/phrase.ts';
import { recoveryNodes, type RecoveryNode } from '../../../../src/extension/tree/recovery-nodes.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { korean } from '../../../support/builders/korean.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';
import { drawn, failover, healthy, heldDetection, watchOf } from '../ui/states.ts';

const now = 1_700_000_100_000;
const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
}).format(1_700_000_000_000);

function nodes(...states: Parameters<typeof recoveryNodes>[0]): readonly RecoveryNode[] {
  return recoveryNodes(states, { words: english, now });
}

test('a failover says when, how long and from where to where, and rings until it is acknowledged', () => {
  const [open] = nodes(drawn(healthy, { recoveries: [failover()] }));
  expect(open).toMatchObject({
    label: 'Failover · orders',
    description: `${time} · 1.0 s · db1 → db2 · acknowledge`,
    icon: 'bell-dot',
    traits: 'recovery+open',
  });
  const acknowledgement = { at: now, by: 'me@here', comment: 'a fan died' };
  const [closed] = nodes(drawn(healthy, { recoveries: [failover({ acknowledgement })] }));
  expect(closed).toMatchObject({
    description: `${time} · 1.0 s · db1 → db2`,
    icon: 'pass-filled',
    traits: 'recovery',
  });
  expect(closed?.tooltip.join('\n')).toMatch(/Acknowledged by me@here at .*: a fan died/);
});

test('a planned switchover, and what brings servers back, need no acknowledgement', () => {
  const quiet = [
    recoveryAt('succeeded', 'done'),
    failover({ id: 'r2', kind: 'rejoin' }),
    failover({ id: 'r3', kind: 'fence' }),
    failover({ id: 'r4', kind: 'restore' }),
  ];
  const traits = nodes(drawn(healthy, { recoveries: quiet })).map((it) => it.traits);
  expect(traits).toEqual(['recovery', 'recovery', 'recovery', 'recovery']);
});

test('a failover that a person asked for holds off the next one, so it is to be acknowledged too', () => {
  const [node] = nodes(drawn(healthy, { recoveries: [failover({ trigger: 'user' })] }));
  expect(node?.traits).toBe('recovery+open');
});

test('the steps are children with their state, and a failed one looks like it', () => {
  const steps = recoveryAt('running', 'done', 'failed', 'running', 'waiting').steps;
  const [node] = nodes(drawn(healthy, { recoveries: [failover({ steps, state: 'running' })] }));
  expect(node?.children.map((it) => [it.icon, it.colour])).toEqual([
    ['pass', null],
    ['error', 'list.errorForeground'],
    ['sync~spin', null],
    ['circle-outline', null],
  ]);
  expect(node?.children[0]).toMatchObject({
    label: 'Make db1 read-only.',
    description: 'db1 · 0.01 s',
    sql: ['SET GLOBAL read_only = ON'],
  });
});

test('a finding that was held stands among them by its time, with the reasons below', () => {
  const watch = watchOf({ detections: [heldDetection()] });
  const all = nodes(drawn(healthy, { recoveries: [failover()], watch }));
  expect(all.map((it) => it.label)).toEqual(['Held: The master is dead', 'Failover · orders']);
  expect(all[0]?.children.map((it) => it.label)).toEqual([
    'The finding is gone.',
    'db2:3306 refuses connections.',
  ]);
});

test('what a recovery answered is told with it, and is no row of its own', () => {
  const acted = heldDetection({ decision: 'acted', because: [], recovery: 'r1' });
  const watch = watchOf({ detections: [acted] });
  const all = nodes(drawn(healthy, { recoveries: [failover()], watch }));
  expect(all).toHaveLength(1);
  expect(all[0]?.tooltip).toContain('db2:3306 refuses connections.');
});

test('what was found, who saw it and why it was held are told in the language of the reader', () => {
  const master = { master: 'db2:3306' };
  const detection = heldDetection({
    evidence: [phrase('{source} does not read from {instance}', { source: 'a', instance: 'b' })],
    because: [
      phrase('No replica has tried to reach {master}: their receivers are stopped.', master),
    ],
    facts: drawn('db1 silent\n+ db2 receiver=no\n+ db3 receiver=no').findings[0]?.facts ?? {},
  });
  const watch = watchOf({ detections: [detection] });
  const [held] = recoveryNodes([drawn(healthy, { watch })], { words: korean(), now });
  const shown = [
    held?.label,
    ...(held?.tooltip ?? []),
    ...(held?.children ?? []).map((it) => it.label),
  ];
  expect(shown).toHaveLength(5);
  expect(shown.filter((it) => !/[가-힣]/.test(it ?? ''))).toEqual([]);
});

test('every row can be told from the others', () => {
  const ids = (node: RecoveryNode): readonly string[] => [node.id, ...node.children.flatMap(ids)];
  const watch = watchOf({ detections: [heldDetection()] });
  const all = nodes(drawn(healthy, { recoveries: [failover()], watch })).flatMap(ids);
  expect(new Set(all).size).toBe(all.length);
});
