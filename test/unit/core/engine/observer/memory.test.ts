import { expect, test } from 'vitest';
import { clusterMemory } from '../../../../../src/core/engine/observer/memory.ts';
import { describePosition } from '../../../../../src/core/model/position.ts';
import { draw } from '../../../../support/builders/drawing.ts';

/** The most that db3 is remembered to hold after these pictures, one after the other. */
function rememberedOfDb3(...drawings: readonly string[]): string {
  const memory = clusterMemory('orders', undefined);
  drawings.forEach((it) => {
    memory.learn(draw(it), false);
  });
  const position = memory.highWater().get('db3:3306');
  return position === undefined ? 'nothing' : describePosition(position);
}

const held = 'db1 gtid=0-1-103\n+ db2 gtid=0-1-103\n+ db3 gtid=0-1-105';

test('what a replica was seen to hold is remembered while it shows less, and its master is silent', () => {
  const forgetful =
    'db1 silent\n+ db2 receiver=connecting gtid=0-1-103\n+ db3 receiver=connecting gtid=0-1-100';
  expect(rememberedOfDb3(held, forgetful)).toBe('0-1-105');
});

test('a living master that lacks some of what it wrote itself does not make it forgotten', () => {
  expect(rememberedOfDb3(held, 'db1 gtid=0-1-103\n+ db2 gtid=0-1-103\n+ db3 gtid=0-1-100')).toBe(
    '0-1-105',
  );
});

test('what was lost when another master was opened holds up nothing any more', () => {
  const rebuilt = 'db2 gtid=0-1-103,0-2-104\n+ db3 gtid=0-1-103,0-2-104';
  expect(rememberedOfDb3(held, rebuilt)).not.toContain('0-1-105');
});

test('once the living master holds everything, a replica that was rebuilt counts as it is', () => {
  const later = 'db1 gtid=0-1-200\n+ db2 gtid=0-1-200\n+ db3 gtid=0-1-90';
  expect(rememberedOfDb3(held, later)).toBe('0-1-90');
});
