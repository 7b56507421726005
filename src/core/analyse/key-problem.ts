import { shortList, silenceOf, type Census } from './census.ts';
import type { Problem } from './problem.ts';

/** It lives, and gets no password until a person has said that the new key is the right one. */
export const keyProblem: Problem<Census> = {
  code: 'ServerKeyChanged',
  severity: 'error',
  advice:
    'If its certificate was replaced on purpose, accept the new key (Accept New Key...). Otherwise another server may answer at its address.',
  holds: ({ topology: { members } }) => {
    const changed = members.filter(
      ({ probe }) => probe.kind === 'silent' && probe.reason === 'key-changed',
    );
    const [only] = changed;
    if (only === undefined) {
      return undefined;
    }
    const names = shortList(changed.map((it) => it.key));
    return {
      instance: changed.length === 1 ? only.key : null,
      says: `The TLS key changed, so that no password is sent: ${names}.`,
      evidence: changed.map(silenceOf),
      facts: { names },
    };
  },
};
