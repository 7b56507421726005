import { systemClock } from '../../src/adapters/system-clock.ts';
import { startWriters, type Acknowledgement } from '../servers/writers.ts';

export interface ClientWish {
  /** The one address that the application knows: `host:port`. */
  readonly address: string;
  /** Default 1. */
  readonly connections?: number;
  /** Between two rows of one connection; default 5. */
  readonly everyMs?: number;
  /** Rows of earlier clients keep their ids; default 1. */
  readonly firstId?: number;
}

/** Times are those of `systemClock.monotonic`, in milliseconds. */
export interface ClientReport {
  readonly acknowledged: readonly Acknowledgement[];
  /** Attempts that failed, as the driver said it; such a row may be there or not. */
  readonly failures: readonly string[];
  /** The longest time without an acknowledged row, the time before the end counted too. */
  readonly longestGap: Gap;
}

export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

/** An application that writes all the time through one address and connects again at once when it is cut. */
export interface BenchClient {
  acknowledgedCount(): number;
  latest(): Acknowledgement | undefined;
  /** Settles when no row is under way and begins none until the answer is called. */
  hold(): Promise<() => void>;
  stop(): Promise<ClientReport>;
}

/** The patience of the driver, as it comes: longer than a proxy lets anybody wait. */
const connectTimeoutMs = 10_000;

/** The table and its user come from `prepareForWriters`. */
export function startClient({
  address,
  connections = 1,
  everyMs = 5,
  firstId = 1,
}: ClientWish): BenchClient {
  const writers = startWriters({
    address: () => address,
    writers: connections,
    everyMs,
    connectTimeoutMs,
    firstId,
  });
  const startedAt = systemClock.monotonic();
  return {
    acknowledgedCount: () => writers.acknowledgedCount(),
    latest: () => writers.latest(),
    hold: () => writers.hold(),
    async stop() {
      const stoppedAt = systemClock.monotonic();
      const { acknowledgements, failures } = await writers.stop();
      return {
        acknowledged: acknowledgements,
        failures,
        longestGap: longestGap(acknowledgements, startedAt, stoppedAt),
      };
    },
  };
}

/** The longest time between two of: the first row (or the start, when there is none), every row, and the end. */
export function longestGap(
  rows: readonly Acknowledgement[],
  startedAt: number,
  stoppedAt: number,
): Gap {
  const times = rows.length === 0 ? [startedAt] : rows.map((it) => it.at);
  return [...times, stoppedAt]
    .map((to, place, all): Gap => {
      const from = all[place - 1] ?? to;
      return { from, to, ms: to - from };
    })
    .reduce((longest, it) => (it.ms > longest.ms ? it : longest));
}
