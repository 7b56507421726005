import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { decideAutomatically } from '../../../../src/core/decide/decide-automatically.ts';
import type { Circumstances } from '../../../../src/core/model/circumstances.ts';
import { familyOf } from '../../../../src/core/model/finding.ts';
import type { SilenceReason } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const calm: Circumstances = {
  now: 0,
  disarmed: undefined,
  downtimes: [],
  unacknowledged: undefined,
  controller: { holder: 'us', us: true },
  storeWritable: true,
  lostBy: new Set(),
};

interface Trial {
  readonly reason: SilenceReason;
  readonly rule: Policy['onUnfencedMaster'];
  readonly proxied?: boolean;
  /** The master waits for an acknowledgement for so long. */
  readonly waitsMs?: number;
}

/** The master fell silent after a round in which all was well, and both replicas lost it. */
function dead({ reason, waitsMs }: Trial): Topology {
  const [master, replica] =
    waitsMs === undefined ? ['db1', 'db2'] : ['db1 semi=source clients=2', 'db2 semi=replica'];
  const other = replica.replace('db2', 'db3');
  const healthy = draw(`${master}\n+ ${replica}\n+ ${other}`);
  const cut = 'receiver=connecting';
  const topology = draw(`db1 silent\n+ ${replica} ${cut}\n+ ${other} ${cut}`, null, healthy);
  const members = topology.members.map((it) => {
    if (it.probe.kind !== 'silent' || it.lastAnswer === null) return it;
    const { server } = it.lastAnswer;
    const source =
      server.semiSync.source === null || waitsMs === undefined
        ? server.semiSync.source
        : { ...server.semiSync.source, timeoutMs: waitsMs };
    const semiSync = { ...server.semiSync, source };
    return {
      ...it,
      probe: { ...it.probe, reason },
      lastAnswer: { ...it.lastAnswer, server: { ...server, semiSync } },
    };
  });
  return { ...topology, members };
}

function answerTo(trial: Trial): string {
  const topology = dead(trial);
  const rules: Policy = {
    ...policy,
    recoverMasterFilters: ['*'],
    onUnfencedMaster: trial.rule,
    onPossibleLoss: 'report',
  };
  const finding = analyse(topology, rules).find((it) => familyOf(it.code) === 'dead-master');
  const decision =
    finding === undefined
      ? undefined
      : decideAutomatically(
          finding,
          {
            topology,
            policy: rules,
            spell: (action) => [action.do],
            proxied: trial.proxied === true,
            highWater: new Map(),
            begun: [],
          },
          calm,
        );
  if (decision?.kind !== 'act') {
    return decision?.refusal.because.map(inEnglish).join(' ') ?? 'nothing';
  }
  const warned = decision.plan.checks.some(
    (it) => it.verdict === 'warning' && inEnglish(it.says).includes('takes no writes'),
  );
  return warned ? 'acts, and warns' : 'acts';
}

test.each<Trial & { readonly expected: RegExp }>([
  { reason: 'refused', rule: 'hold', expected: /^acts$/ },
  { reason: 'connection-lost', rule: 'hold', expected: /onUnfencedMaster is hold/ },
  { reason: 'timed-out', rule: 'hold', expected: /onUnfencedMaster is hold/ },
  { reason: 'hung', rule: 'hold', expected: /onUnfencedMaster is hold/ },
  { reason: 'unreachable', rule: 'hold', expected: /onUnfencedMaster is hold/ },
  { reason: 'timed-out', rule: 'promote', expected: /^acts, and warns$/ },
  { reason: 'timed-out', rule: 'hold', proxied: true, expected: /^acts$/ },
  { reason: 'timed-out', rule: 'hold', waitsMs: 3_600_000, expected: /^acts$/ },
  { reason: 'timed-out', rule: 'hold', waitsMs: 10_000, expected: /onUnfencedMaster is hold/ },
])('$reason, $rule, proxied $proxied, waits $waitsMs ms: $expected', ({ expected, ...trial }) => {
  expect(answerTo(trial)).toMatch(expected);
});
