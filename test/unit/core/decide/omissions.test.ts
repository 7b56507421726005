import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { choosePromotion } from '../../../../src/core/decide/candidates/choose-promotion.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../src/core/decide/planning-context.ts';
import { examine } from '../../../../src/core/doctor/examine.ts';
import type { Omission, Server } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { stepsOf } from '../../../../src/core/model/plan.ts';
import { isAccepted } from '../../../../src/core/model/omissions.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { memberOf } from '../../../../src/core/model/topology.ts';
import { spellForDisplay } from '../../../../src/dialect/statements.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const healthy = 'db1\n+ db2\n+ db3';
const skipAll: Omission = { kind: 'skip', name: 'replica_skip_errors', value: 'ALL' };
const ignored: Omission = { kind: 'skip', name: 'IGNORE_SERVER_IDS', value: '2' };
const filter: Omission = {
  kind: 'filter',
  name: 'replicate_wild_ignore_table',
  value: 'mysql.%,sys.%',
};
const unlogged: Omission = { kind: 'log', name: 'binlog_ignore_db', value: 'scratch' };

function withServer(
  topology: Topology,
  key: string,
  change: (server: Server) => Partial<Server>,
): Topology {
  return {
    ...topology,
    members: topology.members.map((member) => {
      if (member.key !== key || member.probe.kind !== 'answered') {
        return member;
      }
      const server = { ...member.probe.server, ...change(member.probe.server) };
      return { ...member, probe: { ...member.probe, server }, lastAnswer: { at: 1, server } };
    }),
  };
}

function omitting(key: string, omission: Omission, drawing = healthy): Topology {
  const inChannel = omission.kind === 'filter' || omission === ignored;
  return withServer(draw(drawing), key, ({ channels, omissions }) =>
    inChannel
      ? { channels: channels.map((it) => ({ ...it, omissions: [omission] })) }
      : { omissions: [...omissions, omission] },
  );
}

function contextOf(topology: Topology, acceptedFilters: readonly string[] = []): RejoinContext {
  return {
    topology,
    policy: { ...policy, acceptedFilters },
    spell: (action, server) => spellForDisplay(action, server),
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

const promoteDb2 = { kind: 'promote', instance: 'db2:3306', acceptLoss: false } as const;

test.each([skipAll, ignored, filter, unlogged])(
  'a candidate with $name is refused by that name, is a finding and an item of the doctor',
  (omission) => {
    const topology = omitting('db2:3306', omission);
    const decision = decide(promoteDb2, contextOf(topology));
    const told = decision.kind === 'hold' ? decision.refusal.because.map(inEnglish).join() : '';
    expect(told).toContain(`${omission.name} = ${omission.value}`);
    const found = analyse(topology, policy).find((it) => it.code === 'LeavesOutTransactions');
    expect(found?.says).toContain(`${omission.name} = ${omission.value}`);
    const codes = examine(topology, policy, new Map()).map((it) => it.code);
    const code = { filter: 'ReplicationFilters', skip: 'SkipsTransactions', log: 'BinlogFilters' };
    expect(codes).toContain(code[omission.kind]);
  },
);

test('nor is it chosen when the master dies', () => {
  const before = omitting('db2:3306', skipAll);
  const cut = 'receiver=connecting';
  const dead = draw(`db1 silent\n+ db2 ${cut}\n+ db3 ${cut}`, null, before);
  const topology = withServer(dead, 'db2:3306', () => ({ omissions: [skipAll] }));
  const master = memberOf(topology, 'db1:3306');
  const choice = master === undefined ? undefined : choosePromotion(contextOf(topology), master);
  expect(choice).toMatchObject({ kind: 'chosen', candidate: { key: 'db3:3306' } });
  expect(choice?.excluded.map((it) => inEnglish(it.because)).join()).toContain(
    'replica_skip_errors = ALL',
  );
});

test('a filter that the settings accept is promoted, and the plan says what is left out', () => {
  const topology = omitting('db2:3306', filter);
  const decision = decide(promoteDb2, contextOf(topology, ['mysql.%', 'sys.%']));
  if (decision.kind === 'hold') throw new Error('It was refused.');
  expect(decision.plan.effects.mayLose.map(inEnglish).join()).toContain('mysql.%,sys.%');
  expect(decision.plan.checks.filter((it) => it.verdict === 'warning')).toHaveLength(1);
  expect(analyse(topology, { ...policy, acceptedFilters: ['mysql.%', 'sys.%'] })).toEqual([]);
});

test.each([
  { accepted: ['mysql.%'], omission: filter, holds: false },
  { accepted: ['mysql.%', 'sys.%'], omission: filter, holds: true },
  {
    accepted: ['replicate_wild_ignore_table=mysql.%', 'REPLICATE_WILD_IGNORE_TABLE = sys.%'],
    omission: filter,
    holds: true,
  },
  {
    accepted: ['shop'],
    omission: { kind: 'filter', name: 'replicate_do_db', value: 'shop' } as const,
    holds: false,
  },
  {
    accepted: ['replicate_do_db=shop'],
    omission: { kind: 'filter', name: 'replicate_do_db', value: 'shop' } as const,
    holds: true,
  },
  { accepted: ['replica_skip_errors=ALL', 'ALL'], omission: skipAll, holds: false },
])('$accepted accepts $omission.name = $omission.value: $holds', (row) => {
  expect(isAccepted(row.omission, row.accepted)).toBe(row.holds);
});

test('a master that keeps something out of its log loses that, and the plan says so', () => {
  const topology = omitting('db1:3306', unlogged);
  const decision = decide(promoteDb2, contextOf(topology));
  if (decision.kind === 'hold') throw new Error('It was refused.');
  expect(decision.plan.effects.mayLose.map(inEnglish)).toEqual([
    'What db1:3306 keeps out of its binary log: binlog_ignore_db = scratch.',
  ]);
});

test('a follower that ignores the new master heeds it as it is pointed there, and the plan warns', () => {
  const topology = omitting('db3:3306', ignored);
  const decision = decide(promoteDb2, contextOf(topology));
  if (decision.kind === 'hold') throw new Error('It was refused.');
  const pointed = stepsOf(decision.plan).filter((it) => it.action.do === 'point-at');
  expect(
    pointed.map((it) => `${it.on} ${String(/IGNORE_SERVER_IDS = \(\)/.test(it.sql.join()))}`),
  ).toEqual(['db3:3306 true', 'db1:3306 false']);
  const warnings = decision.plan.checks.filter((it) => it.verdict === 'warning');
  expect(warnings.map((it) => inEnglish(it.measured)).join()).toContain('IGNORE_SERVER_IDS = 2');
});

test('one that is never promoted may leave out what it likes', () => {
  const never = { ...policy, promotionRules: { 'db3:3306': 'must-not' as const } };
  expect(analyse(omitting('db3:3306', filter), never)).toEqual([]);
});

test('a candidate whose binary log filters could not be asked is warned of, and comes after one that is known', () => {
  const topology = withServer(draw(healthy), 'db2:3306', () => ({ unknownLogFilters: true }));
  const decision = decide(promoteDb2, contextOf(topology));
  if (decision.kind === 'hold') throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  const check = decision.plan.checks.find((it) =>
    inEnglish(it.says).includes('replicates everything'),
  );
  expect(check?.verdict).toBe('warning');
  const dead = withServer(
    draw('db1 silent\n+ db2\n+ db3', null, draw(healthy)),
    'db2:3306',
    () => ({
      unknownLogFilters: true,
    }),
  );
  const master = memberOf(dead, 'db1:3306');
  if (master === undefined) throw new Error('no master');
  const promotion = choosePromotion(contextOf(dead), master);
  expect(promotion.kind === 'chosen' && promotion.candidate.key).toBe('db3:3306');
});
