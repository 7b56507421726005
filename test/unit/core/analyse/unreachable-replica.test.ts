import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

function found(drawing: string): readonly (readonly [code: string, advice: string])[] {
  return analyse(draw(drawing), policy).map((it) => [it.code, it.advice]);
}

test('a replica whose TLS key changed is named once, with what to do', () => {
  expect(found('db1\n+ db2 key-changed\n+ db3')).toEqual([
    [
      'ServerKeyChanged',
      'If its certificate was replaced on purpose, accept the new key (Accept New Key...). Otherwise another server may answer at its address.',
    ],
  ]);
});

test.each([
  ['silent', 'Start it, or check the way from here to it.'],
  ['denied', 'Check the monitor user and its password on that server.'],
  ['unknown-host', 'Map its address with Map Addresses..., or let its host name resolve here.'],
])('a replica that was heard before and is %s is given the advice that helps', (state, advice) => {
  expect(found(`db1\n+ db2 ${state}\n+ db3`)).toEqual([['ReplicaUnreachable', advice]]);
});
