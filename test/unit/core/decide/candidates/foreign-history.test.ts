import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStranger } from '../../../../../src/core/decide/candidates/foreign-history.ts';
import { planFence } from '../../../../../src/core/decide/plans/plan-fence.ts';
import type { RejoinContext } from '../../../../../src/core/decide/planning-context.ts';
import { planRejoinAlone } from '../../../../../src/core/decide/plans/plan-rejoin.ts';
import type { Server } from '../../../../../src/core/model/instance.ts';
import type { Decision } from '../../../../../src/core/model/plan.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { memberOf, type Member, type Topology } from '../../../../../src/core/model/topology.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { policy } from '../../../../support/builders/world.ts';

const uuids = [1, 2, 3].map((it) => `00000000-0000-0000-0000-00000000000${String(it)}`);
const [one = '', two = '', other = ''] = uuids;

/** db2 replaced db1, and db3 follows it. */
function afterFailover(master: string, former: string): Topology {
  return draw(`db2 ${master}\n+ db3 ${master}\ndb1 ${former}`, 'db2:3306');
}

/** The same on MySQL; each text is a `gtid_executed`. */
function onMysql(master: string, former: string, changes: Partial<Server> = {}): Topology {
  const topology = afterFailover('', '');
  const members = topology.members.map((it): Member => {
    if (it.probe.kind !== 'answered') return it;
    const isFormer = it.key === 'db1:3306';
    const gtid = { kind: 'mysql', executed: isFormer ? former : master, purged: '' } as const;
    const own = it.key === 'db2:3306' ? { serverUuid: two } : {};
    const server = { ...it.probe.server, gtid, ...own, ...(isFormer ? changes : {}) };
    return { ...it, probe: { ...it.probe, server }, lastAnswer: { at: 1, server } };
  });
  return { ...topology, members };
}

function named(topology: Topology, key: string): Member {
  const found = memberOf(topology, key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

const judged = (topology: Topology): boolean => isStranger(topology, named(topology, 'db1:3306'));

test.each([
  { name: 'a former master', topology: afterFailover('gtid=0-1-100,0-2-104', 'gtid=0-1-102') },
  {
    name: 'another server',
    topology: afterFailover('gtid=0-1-100,0-2-104', 'gtid=0-9-5'),
    is: true,
  },
  {
    name: 'the former master of a cluster that nobody had written to before',
    topology: afterFailover('gtid=0-2-4', 'gtid=0-1-50'),
  },
  {
    name: 'the same on MySQL',
    topology: onMysql(`${two}:1`, `${one}:1-12`),
  },
  { name: 'an empty one', topology: afterFailover('gtid=0-1-100,0-2-104', 'gtid=') },
  {
    name: 'whoever a cluster without history sees',
    topology: afterFailover('gtid=', 'gtid=0-9-5'),
  },
  { name: 'whoever is beside a forgetful master', topology: afterFailover('nolog', 'gtid=0-9-5') },
  { name: 'whoever has no GTID', topology: afterFailover('', 'nogtid') },
  { name: 'a former master of MySQL', topology: onMysql(`${one}:1-9,${two}:1`, `${one}:1-12`) },
  {
    name: 'another server of MySQL',
    topology: onMysql(`${one}:1-9,${two}:1`, `${other}:1-3`),
    is: true,
  },
  {
    name: 'a former master that somebody made forget, and that then replicated',
    topology: onMysql(`${one}:1-9`, `${other}:1-3`, { serverUuid: one.toUpperCase() }),
  },
])('$name: stranger $is', ({ topology, is = false }) => {
  expect(judged(topology)).toBe(is);
});

const executed = (list: readonly string[]): string => list.map((it) => `${it}:1-5`).join(',');

test('whoever holds one transaction of one of the writers is never a stranger', () => {
  const writers = fc.uniqueArray(fc.constantFrom(...uuids), { minLength: 1 });
  fc.assert(
    fc.property(writers, writers, (ours, theirs) => {
      const isRelated = theirs.some((it) => ours.includes(it));
      // The master's own transactions say nothing of who was master before.
      const isOld = ours.some((it) => it !== two);
      expect(judged(onMysql(executed(ours), executed(theirs)))).toBe(!isRelated && isOld);
    }),
  );
});

const stranger =
  'Required: db1:3306 is a server of this cluster. Found: it has no transaction in common with the cluster, so another server may answer at its address: look who it is, and close it by hand if it is the former master';

type Planned = (context: RejoinContext, master: Member, member: Member) => Decision;

function decided(plan: Planned, former: string): Decision {
  const topology = afterFailover('gtid=0-1-100,0-2-104', former);
  return plan(
    {
      topology,
      policy,
      spell: (action) => [action.do],
      proxied: false,
      highWater: new Map(),
      begun: [],
      own: { kind: 'none' },
      handover: null,
    },
    named(topology, 'db2:3306'),
    named(topology, 'db1:3306'),
  );
}

test.each([
  { name: 'closed', plan: planFence },
  { name: 'brought back', plan: planRejoinAlone },
])(
  'a stranger is not $name without a person, and the reason says what to do; a former master is',
  ({ plan }) => {
    expect(decided(plan, 'gtid=0-1-100')).toMatchObject({ kind: 'act' });
    const held = decided(plan, 'gtid=0-9-5');
    expect(held.kind === 'hold' ? held.refusal.because.map(inEnglish) : held.kind).toEqual([
      stranger,
    ]);
  },
);
