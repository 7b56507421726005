import { expect, test } from 'vitest';
import { bannerOf } from '../../../src/protocol/banner-view.ts';
import { fill } from '../../../src/core/model/phrase.ts';
import { english } from '../../../src/protocol/localizer.ts';
import { samples } from '../../support/harness/panel/samples.ts';

const finding = samples['wrong-password']?.().findings[0];

test('in English a finding is said by the engine itself', () => {
  if (finding === undefined) throw new Error('the sample has no finding');
  expect(bannerOf(finding, 'orders', english).says).toBe(finding.says);
});

test('in another language it is said by its code and its facts', () => {
  if (finding === undefined) throw new Error('the sample has no finding');
  const words = { t: (sentence: string, values = {}) => `[${fill(sentence, values)}]` };
  expect(bannerOf(finding, 'orders', words).says).toBe(
    "[db3:3306 cannot log in to db1:3306 as 'repl' (error 1045).]",
  );
});
