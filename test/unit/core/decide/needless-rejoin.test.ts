import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/decide/decide.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

test.each([
  ['db1:3306', 'db1:3306 is the master: there is nothing to rejoin.'],
  ['db2:3306', 'db2:3306 already replicates from db1:3306 and is read-only.'],
])(
  'a rejoin of %s, with which nothing is wrong, advises nobody to rebuild it',
  (instance, says) => {
    const decision = decide(
      { kind: 'rejoin', instance },
      {
        topology: draw('db1 rw\n+ db2'),
        policy,
        spell: (action) => [action.do],
        proxied: false,
        highWater: new Map(),
        begun: [],
        own: { kind: 'none' },
        handover: null,
      },
    );
    const { because, instead } =
      decision.kind === 'hold' ? decision.refusal : { because: [], instead: [] };
    expect(because.map(inEnglish)).toEqual([says]);
    expect(instead.map(inEnglish).join()).not.toMatch(/rebuild/i);
  },
);
