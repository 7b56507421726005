import type { Dial } from '../dial.ts';
import type { ContainerFinder } from './container-finder.ts';
import type { Machine } from './machine.ts';

/** How long the way to a server behind an SSH host may take, in milliseconds. */
const reachMs = 2_000;

/** The machine at the end of a way, on which the engine runs. */
export function farMachine(dial: Dial): Machine {
  return {
    resolves: () => Promise.resolve(undefined),
    reaches: (address) => reaches(dial, address),
    // The networks of the engine end there.
    owns: () => true,
  };
}

/** An engine as its own machine sees it: what is published on its loopback is reached. */
export function seenFromItsMachine(
  finder: ContainerFinder,
): Pick<ContainerFinder, 'containers' | 'engine' | 'looked' | 'onChange'> {
  return {
    get containers() {
      return { ...finder.containers, remoteHost: null };
    },
    get engine() {
      return finder.engine;
    },
    looked: (ms) => finder.looked(ms),
    onChange: (listener) => finder.onChange(listener),
  };
}

async function reaches(dial: Dial, address: string): Promise<boolean> {
  const signal = AbortSignal.timeout(reachMs);
  try {
    await dial.prepare(signal);
  } catch {
    return false;
  }
  const stream = dial.open(address);
  return new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      stream.destroy();
      resolve(answer);
    };
    signal.addEventListener('abort', () => {
      settle(false);
    });
    stream.on('connect', () => {
      settle(true);
    });
    stream.on('error', (error) => {
      // A server that starts does not listen yet, but its machine answers.
      settle('code' in error && error.code === 'ECONNREFUSED');
    });
  });
}
