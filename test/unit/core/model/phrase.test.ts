import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inEnglish, phrase, plain, spellPhrase } from '../../../../src/core/model/phrase.ts';
import { phraseOf, ReplicationError } from '../../../../src/core/model/replication-error.ts';

const korean: Readonly<Record<string, string>> = {
  'Step {id} failed ({step}): {because}': '{id}단계 실패({step}): {because}',
  'Make {instance} read-only.': '{instance} 서버를 읽기 전용으로 전환합니다.',
};

function inKorean(it: Parameters<typeof inEnglish>[0]): string {
  return spellPhrase(it, (sentence, values) =>
    inEnglish({ text: korean[sentence] ?? sentence, values }),
  );
}

const failure = phrase('Step {id} failed ({step}): {because}', {
  id: '3',
  step: phrase('Make {instance} read-only.', { instance: 'db1:3306' }),
  because: plain('Lock wait timeout exceeded; {instance}.'),
});

test('a phrase within a phrase is spelled in the same language, and loses its full stop in brackets', () => {
  expect(inEnglish(failure)).toBe(
    'Step 3 failed (Make db1:3306 read-only): Lock wait timeout exceeded; {instance}.',
  );
  expect(inKorean(failure)).toBe(
    '3단계 실패(db1:3306 서버를 읽기 전용으로 전환합니다): Lock wait timeout exceeded; {instance}.',
  );
});

test('words from outside stay what they are in every language, whatever stands in them', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'words', 'a', '$&', ' ') }), (said) => {
      expect(inEnglish(plain(said))).toBe(said);
      expect(inKorean(plain(said))).toBe(said);
      expect(inKorean(phrase('{count} s: {said}', { count: 3, said: plain(said) }))).toBe(
        `3 s: ${said}`,
      );
    }),
  );
});

test('an error carries its phrase beside its English message; any other error is words from outside', () => {
  const error = new ReplicationError('hung', phrase('{address} hangs.', { address: 'db1:3306' }));
  expect(error.message).toBe('db1:3306 hangs.');
  expect(phraseOf(error)).toEqual({ text: '{address} hangs.', values: { address: 'db1:3306' } });
  expect(phraseOf(new ReplicationError('hung', 'db1 hangs.'))).toEqual(plain('db1 hangs.'));
  expect(phraseOf(new Error('boom'))).toEqual(plain('boom'));
  expect(phraseOf('boom')).toEqual(plain('boom'));
});
