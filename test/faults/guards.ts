import type { TestServer } from '../servers/distributions.ts';
import type { Change } from '../support/harness/monitor.ts';

/** What keeps an engine from doing harm, and how to see that it does. */
export interface Guard {
  readonly name: string;
  /** The fault that the engine survives only because of this guard. */
  readonly fault: string;
  /** MariaDB unless told. */
  readonly server?: TestServer;
  /** How it is switched off, in a copy of the program. */
  readonly without: readonly Change[];
  /** What the fault's own check says then. */
  readonly fails: RegExp;
}

export const guards: readonly Guard[] = [
  {
    name: 'no receiver hears the master',
    fault: 'F11b',
    without: [
      {
        file: 'analyse/census.ts',
        from: "hearing: reachable.filter((it) => it.channel?.receiver === 'yes')",
        to: 'hearing: []',
      },
      {
        file: 'core/decide/plans/plan-failover.ts',
        from: '    hearing.length === 0,\n',
        to: '    true,\n',
      },
    ],
    fails: /failover succeeded/,
  },
  {
    name: 'a stale survivor is not promoted, nor without a majority',
    fault: 'F21',
    without: [
      {
        file: 'core/decide/candidates/completeness.ts',
        from: 'const theirs = mostKnown(it, highWater.get(it.key));',
        to: 'const theirs = null;',
      },
      {
        file: 'recover/majority.ts',
        from: 'held * 2 > electorate.length',
        to: 'held >= 0',
      },
    ],
    fails: /failover succeeded/,
  },
  {
    name: 'what was received is applied before writes open',
    fault: 'F24',
    without: [
      {
        file: 'core/decide/candidates/unapplied.ts',
        from: '[wait, ...(marks[place] ?? [])]',
        to: 'marks[place] ?? []',
      },
    ],
    fails: /it waits for the appliers|were opened before/,
  },
  {
    name: 'excluded hosts',
    fault: 'C2',
    without: [
      {
        file: 'decide/filters.ts',
        from: 'return filters.find((it) => it === host',
        to: 'return [].find((it) => it === host',
      },
    ],
    fails: /failover succeeded/,
  },
  {
    name: 'an unacknowledged recovery blocks the next',
    fault: 'F18/F40',
    without: [
      {
        file: 'decide/guards.ts',
        from: 'const blocked = now < unacknowledged.startedAt + blockSeconds * 1000;',
        to: 'const blocked = now < 0 * blockSeconds;',
      },
    ],
    fails: /failover succeeded[^]*failover succeeded/,
  },
  {
    name: 'the locks of a majority, between two machines',
    fault: 'F13',
    without: [
      {
        file: 'mysql/mysql-commander.ts',
        from: 'takeLockQuery.parse(await session.query(takeLockQuery.sql, lockMs))\n',
        to: '(await session.query(takeLockQuery.sql, lockMs), true)\n',
      },
    ],
    fails: /2 failovers were begun/,
  },
  {
    name: 'the lease, where the locks do not help',
    fault: 'T2',
    without: [
      {
        file: 'mysql/mysql-commander.ts',
        from: 'takeLockQuery.parse(await session.query(takeLockQuery.sql, lockMs))\n',
        to: '(await session.query(takeLockQuery.sql, lockMs), true)\n',
      },
      { file: 'decide/guards.ts', from: 'controller?.us === true', to: 'controller !== undefined' },
      {
        file: 'core/engine/watch/standing.ts',
        from: 'circumstances.controller?.us === true',
        to: 'true',
      },
      {
        file: 'core/engine/runner/run-plan.ts',
        from: 'const lease = taken.value;',
        to: 'const lease = { token: 1, renew: () => true, release: () => undefined };',
      },
    ],
    fails: /2 failovers were begun/,
  },
  {
    name: 'a former master that came back is closed',
    fault: 'F28',
    without: [
      {
        file: 'core/engine/watch/former-masters.ts',
        from: 'return answered(member)?.readOnly === false;',
        to: 'return false;',
      },
    ],
    fails: /it is read-only|took writes together/,
  },
  {
    name: 'an errant candidate',
    fault: 'C1',
    server: 'mysql97',
    without: [
      {
        file: 'core/decide/candidates/completeness.ts',
        from: 'return lacking.every((it) => it.length > 0) ? (lacking[0] ?? []) : [];',
        to: 'return [];',
      },
    ],
    fails: /was promoted/,
  },
  {
    // Nobody can be promoted whom nobody reaches: what is proven is that nothing is begun on old answers.
    name: 'what was last seen is not taken for now, when everything is lost',
    fault: 'F12',
    without: [
      {
        file: 'model/instance.ts',
        from: "return instance?.probe.kind === 'answered' ? instance.probe.server : undefined;",
        to: 'return instance?.lastAnswer?.server;',
      },
      {
        file: 'analyse/master-problems.ts',
        from: '!nothingAnswers(census)',
        to: 'true',
      },
      {
        file: 'analyse/census.ts',
        from: "hearing: reachable.filter((it) => it.channel?.receiver === 'yes')",
        to: 'hearing: []',
      },
      {
        file: 'decide/decide-automatically.ts',
        from: '|| isWitnessed(context.topology, master, lostBy)',
        to: '|| lostBy !== undefined',
      },
      {
        file: 'core/decide/plans/plan-failover.ts',
        from: '    hearing.length === 0,\n',
        to: '    true,\n',
      },
      {
        file: 'recover/majority.ts',
        from: "own?.kind !== 'held'",
        to: "own?.kind === 'taken'",
      },
      {
        file: 'recover/majority.ts',
        from: 'held * 2 > electorate.length',
        to: 'held >= 0',
      },
    ],
    fails: /failover (failed|running|succeeded|partial)/,
  },
  {
    name: 'the old master is closed before the new one opens',
    fault: 'F52',
    without: [
      {
        file: 'core/decide/plans/plan-switchover.ts',
        from: '          close(context, master.key),\n          endActiveWriters(context, master.key),\n',
        to: '',
      },
      {
        file: 'core/decide/plans/plan-switchover.ts',
        from: "lanes: [[checkUnmoved(context, master.key, 'final', reads)]]",
        to: 'lanes: []',
      },
    ],
    fails: /took writes together|all hold the same/,
  },
];
