import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import { failed, withAttempt, type WriteTrial } from '../../model/write-trial.ts';
import type { Clock, WriteProbe } from '../../ports.ts';

/** Between two attempts, in milliseconds; sooner after one that failed, to know soon whether it was a hiccup. */
const everyMs = 5_000;
const againMs = 1_000;

/** Whoever watches, and whether a plan changes the cluster now. */
interface Occasion {
  readonly ours: boolean;
  readonly planRuns: boolean;
}

/** Attempts to write on the master beside the rounds: no round waits for them, and each finds the last one's outcome. */
export interface WriteTrials {
  /** Begins an attempt when one is due: only on the master, by whoever keeps the watch, and beside no plan. */
  keep(topology: Topology, occasion: Occasion): void;
  /** The picture with what is known of writing on its master. */
  joinedTo(topology: Topology): Topology;
  end(): void;
}

/**
 * It answers and is open; or it accepts us and hangs over the questions of a round, some of which wait for the binary
 * log: then an attempt, which asks less, may tell a storage that is stuck from a server that is.
 */
function mayBeTried(master: Member): boolean {
  const { probe } = master;
  return probe.kind === 'answered' ? !probe.server.readOnly : probe.reason === 'hung';
}

export function writeTrials(probe: WriteProbe | undefined, clock: Clock): WriteTrials {
  let trial: WriteTrial | undefined;
  let running: object | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  const forget = (): void => {
    trial = undefined;
    running = undefined;
  };
  const attempt = async (writer: WriteProbe, master: string, address: string): Promise<void> => {
    const mine = {};
    running = mine;
    const outcome = await writer.attempt(address);
    // What ended after a plan began or the watch was lost is about another moment.
    if (running === mine) {
      running = undefined;
      trial = withAttempt(trial, master, outcome);
      notBefore = clock.monotonic() + (failed(outcome) ? againMs : everyMs);
    }
  };
  const begin = ({ key, address }: Member): void => {
    const due = running === undefined && clock.monotonic() >= notBefore;
    if (due && probe !== undefined) {
      void attempt(probe, key, address);
    }
  };
  return {
    keep: (topology, { ours, planRuns }) => {
      const master = memberOf(topology, topology.master);
      const changed = trial !== undefined && trial.master !== master?.key;
      if (!ours || planRuns || changed || master === undefined) {
        forget();
      } else if (mayBeTried(master)) {
        begin(master);
      }
    },
    joinedTo: (topology) =>
      trial !== undefined && trial.master === topology.master
        ? { ...topology, writeTrial: trial }
        : topology,
    end: () => {
      forget();
      probe?.close();
    },
  };
}
