import { expect, test } from 'vitest';
import { intermediateProblems } from '../../../src/core/analyse/intermediate-problems.ts';
import { masterProblems } from '../../../src/core/analyse/master-problems.ts';
import { membershipAdvice } from '../../../src/core/analyse/membership-problems.ts';
import {
  replicaProblems,
  replicaWarnings,
  unreadableAdvice,
} from '../../../src/core/analyse/replica-problems.ts';
import { semiSyncProblems } from '../../../src/core/analyse/semi-sync-problems.ts';
import { memberProblems, structureProblems } from '../../../src/core/analyse/structure-problems.ts';
import { knownUserAdvice, unheardProblems } from '../../../src/core/analyse/unheard-problems.ts';
import { writeProblems } from '../../../src/core/analyse/write-problems.ts';
import { mergedBundle } from '../../../l10n/merge.mts';
import { journalAdvice } from '../../../src/core/engine/observer/journal-finding.ts';
import * as labels from '../../../src/protocol/labels.ts';
import { panelSentences, sentences } from '../../../src/protocol/sentences.ts';
import { editorSentences } from '../../support/builders/editor-sentences.ts';
import { writtenPhrases } from '../../support/builders/phrases.ts';

const korean = mergedBundle('ko');
const advice: readonly string[] = [
  ...Object.values(membershipAdvice),
  ...Object.values(knownUserAdvice),
  ...Object.values(unreadableAdvice),
  journalAdvice,
  ...[
    ...masterProblems,
    ...replicaProblems,
    ...structureProblems,
    ...memberProblems,
    ...replicaWarnings,
    ...intermediateProblems,
    ...semiSyncProblems,
    ...writeProblems,
    ...unheardProblems,
  ].map((it) => it.advice),
];
const english = new Set<string>([
  ...Object.values(labels).flatMap((it) => Object.values(it)),
  ...Object.values(sentences),
  ...Object.values(panelSentences),
  ...advice,
]);

test(
  'every sentence that a person reads has its Korean one, and no Korean one is left over',
  { timeout: 30_000 },
  async () => {
    const { texts, computed } = writtenPhrases();
    expect(computed).toEqual([]);
    expect(texts.length).toBeGreaterThan(150);
    const said = new Set([...english, ...texts, ...(await editorSentences()).map(([, it]) => it)]);
    expect([...said].filter((it) => !(it in korean))).toEqual([]);
    expect(Object.keys(korean).filter((it) => !said.has(it))).toEqual([]);
  },
);

test.each(Object.entries(korean))('%s keeps its values', (sentence, translation) => {
  expect(valuesOf(translation)).toEqual(valuesOf(sentence));
});

function valuesOf(text: string): readonly string[] {
  return (text.match(/\{\w+\}/g) ?? []).toSorted();
}

test('a particle that depends on the last sound never follows a value', () => {
  const wrong = Object.values(korean).filter((it) =>
    /\}(을|를|이|가|은|는|과|와|으로|로)( |$|\.)/.test(it),
  );
  expect(wrong).toEqual([]);
});
