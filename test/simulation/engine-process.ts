import type { ClusterBackend } from '../../src/core/backend.ts';
import { ClusterEngine } from '../../src/core/engine/cluster-engine.ts';
import type { EngineParts } from '../../src/core/engine/engine-parts.ts';
import type { Action } from '../../src/core/model/plan.ts';
import type { Policy } from '../../src/core/model/policy.ts';
import { lockTerms } from '../../src/core/recover/lock-holder.ts';
import { spellForDisplay } from '../../src/dialect/statements.ts';
import { lockReaderOf, SimCommander, type Commanding } from './commander.ts';
import { storeOf, type Journal } from './journal.ts';
import { SimProber } from './prober.ts';
import { clockOf, type SimProcess } from './process.ts';
import { SimProxy, type ProxyPort } from './proxy.ts';
import type { Random } from './random.ts';
import type { SimServer, Surroundings } from './server.ts';

/** Everything an engine meets in a simulated world. */
export interface EngineWorld {
  readonly world: Surroundings;
  readonly random: Random;
  readonly journal: Journal;
  readonly port: ProxyPort;
  readonly policy: Policy;
  readonly seeds: readonly string[];
  readonly lockless: boolean;
  readonly before: (action: Action, server: SimServer, process: SimProcess) => void;
  readonly log: (level: string, line: string) => void;
}

/** Puts an engine together for one simulated process. The only place that knows what an engine is made of. */
export function engineIn(process: SimProcess, given: EngineWorld): ClusterBackend {
  const { world, random, journal, port, policy, seeds } = given;
  const clock = clockOf(process, world.time);
  const commanding: Commanding = {
    process,
    world,
    clock,
    lockless: given.lockless,
    before: given.before,
  };
  const parts: EngineParts = {
    cluster: policy.cluster,
    members: { seeds, told: [], patterns: undefined, lab: false },
    pollMs: 1_000,
    policy: async () => policy,
    prober: new SimProber(process, world),
    commander: () => new SimCommander(commanding),
    binlogs: { transactionsAfter: async () => [] },
    examiner: { examine: () => notSimulated('A check-up') },
    locks: lockReaderOf(commanding),
    addresses: {
      addressOf: (key) => key,
      keysAt: () => [],
      find: async (key) => key,
      peerNameOf: () => undefined,
      containerOf: () => undefined,
      notes: () => [],
      onChange: () => () => undefined,
      neighbours: () => [],
      isBesideSeed: () => false,
    },
    spell: (action, server) => spellForDisplay(action, server, 'repl'),
    instruct: () => notSimulated('An instruction'),
    clock,
    store: storeOf(journal, process, world.time),
    proxies: [new SimProxy(port, process)],
    programs: {
      host: process.host,
      run: (_, __, signal) => clock.sleep(50, signal).then(() => null),
    },
    writeProbe: undefined,
    actor: process.name,
    randomLetters: () => random.letters(6),
    lockTerms: lockTerms(clock),
    log: given.log,
  };
  return new ClusterEngine(parts);
}

function notSimulated(what: string): never {
  throw new Error(`${what} is not simulated.`);
}
