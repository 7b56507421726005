import type { LockTerms } from '../model/lock-answer.ts';
import type { Policy } from '../model/policy.ts';
import type {
  AccountReader,
  BinlogReader,
  Commander,
  DemandReader,
  Examiner,
  Instruct,
  HindranceReader,
  LockReader,
  ProgramRunner,
  Proxy,
  Spell,
  Store,
  WriteProbe,
} from '../ports.ts';
import type { RoundParts } from './observer/take-round.ts';

/** Everything one cluster's engine is made of. */
export interface EngineParts extends RoundParts {
  readonly pollMs: number;
  /** What holds now; asked for each plan, since a password may have been set meanwhile. */
  readonly policy: () => Promise<Policy>;
  /** A new one for each run; closed after it. */
  readonly commander: () => Commander;
  readonly binlogs: BinlogReader;
  /** Absent where no user is ever made. */
  readonly accounts?: AccountReader;
  readonly examiner: Examiner;
  readonly locks: LockReader;
  readonly spell: Spell;
  readonly instruct: Instruct;
  /** Undefined when it could not be opened: then nothing is changed. */
  readonly store: Store | undefined;
  /** Served by whoever keeps the watch. */
  readonly proxies: readonly Proxy[];
  readonly programs: ProgramRunner;
  /** undefined: nobody is asked, and a candidate's locks are found only when it is opened. */
  readonly hindrances?: HindranceReader | undefined;
  /** undefined: what accounts have to show is not known before a plan runs. */
  readonly demands?: DemandReader | undefined;
  /** Undefined where nobody asked for it. */
  readonly writeProbe: WriteProbe | undefined;
  readonly randomLetters: () => string;
  /** How servers are asked for their lock where a plan may wait so long for appliers. */
  readonly lockTerms: (delaySeconds: number) => LockTerms;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
}
