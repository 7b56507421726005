import type { Duplex } from 'node:stream';
import { isOnNetwork, isUp } from '../../core/containers/find-container.ts';
import type { ExecWay, ExecWays } from '../../core/containers/exec-ways.ts';
import type { Container } from '../../core/model/container.ts';
import { phrase, plain } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Dial } from '../dial.ts';
import type { ContainerFinder } from './container-finder.ts';
import { troubleOf } from './docker-trouble.ts';
import { refusalOf, saysItIsGone } from './engine-refusal.ts';
import { ExecStream } from './exec-stream.ts';
import { readContainer } from './inspect-shape.ts';
import { bounded, type OpenDocker } from './open-docker.ts';

/** How long the first look at the engine is waited for, in milliseconds. */
const firstLookMs = 1_000;
/** How long the engine may take to start a command, in milliseconds. */
const startMs = 5_000;

/**
 * Leads from the input and output of the command to a port and back, and ends when either side ends. `$0`: the host,
 * `$1`: the port.
 */
const leadThere = [
  'if command -v bash >/dev/null 2>&1; then',
  `exec bash -c 'exec 4<&0 3<>"/dev/tcp/$0/$1" || exit 1; cat <&3 & r=$!; cat <&4 >&3 & w=$!; exec 4<&-; wait -n; kill $r $w 2>/dev/null' "$0" "$1";`,
  'elif command -v nc >/dev/null 2>&1; then exec nc "$0" "$1";',
  'else echo no-way >&2; exit 127; fi',
].join(' ');

/** The addresses of `ways` lead through a command in the container; all others by `rest`. */
export function containerDial(
  finder: Pick<ContainerFinder, 'containers' | 'engine' | 'looked'>,
  rest: Dial,
  { ways, network }: { readonly ways: ExecWays; readonly network: string | undefined },
): Dial {
  return {
    prepare: async (signal) => {
      await Promise.all([finder.looked(firstLookMs), rest.prepare(signal)]);
    },
    open: (address) => {
      const way = ways.at(address);
      return way === undefined
        ? rest.open(address)
        : new ExecStream(address, () => beginCommand(finder, { ...way, address }, network));
    },
  };
}

async function beginCommand(
  finder: Pick<ContainerFinder, 'containers' | 'engine'>,
  { name, id, port, address }: ExecWay & { readonly address: string },
  network: string | undefined,
): Promise<Duplex> {
  const { engine, containers } = finder;
  if (engine === undefined) {
    throw new ReplicationError(
      'not-asked',
      containers.problem ?? phrase('Docker was not looked at yet.'),
    );
  }
  let known = containers.all.find((it) => it.id === id);
  try {
    known ??= await inspected(engine, id);
    if (network !== undefined && !isOnNetwork(known, network)) {
      throw new ReplicationError(
        'not-asked',
        phrase(
          '{address} is not asked: the container {name} is not on the network {network} of docker.network.',
          { address, name, network },
        ),
      );
    }
    // By its own address and not by 127.0.0.1: users are made for the addresses of a network.
    const inside = known.networks.find(
      (it) => network === undefined || it.name === network,
    )?.address;
    return await startIn(engine, known.id, [inside ?? '127.0.0.1', String(port)]);
  } catch (error) {
    throw error instanceof ReplicationError
      ? error
      : refusedBy(error, { engine, address, name, known });
  }
}

/** One that is in no picture is gone, which the engine says, or could not be read. */
async function inspected({ docker, found }: OpenDocker, id: string): Promise<Container> {
  return bounded(found, startMs, async (abortSignal) =>
    readContainer(await docker.getContainer(id).inspect({ abortSignal })),
  );
}

async function startIn(
  { docker, found }: OpenDocker,
  id: string,
  words: readonly string[],
): Promise<Duplex> {
  return bounded(found, startMs, async (abortSignal) => {
    const exec = await docker.getContainer(id).exec({
      Cmd: ['sh', '-c', leadThere, ...words],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      abortSignal,
    });
    return exec.start({ hijack: true, stdin: true, Tty: false, abortSignal });
  });
}

interface Attempt {
  readonly engine: OpenDocker;
  readonly address: string;
  readonly name: string;
  readonly known: Container | undefined;
}

/** A container that does not run refuses as a machine does on which nobody listens; a paused one does not answer. */
function refusedBy(error: unknown, { engine, address, name, known }: Attempt): ReplicationError {
  const refusal = refusalOf(error);
  if (refusal === undefined) {
    return new ReplicationError('not-asked', troubleOf(error, engine.found), { cause: error });
  }
  if (saysItIsGone(refusal)) {
    const says = phrase('{address} cannot be reached: the container {name} is gone.', {
      address,
      name,
    });
    return new ReplicationError('refused', says);
  }
  if (/paused/i.test(refusal.says)) {
    const says = phrase('{address} does not answer: the container {name} is paused.', {
      address,
      name,
    });
    return new ReplicationError('timed-out', says);
  }
  if (refusal.status === 409 || known === undefined || !isUp(known)) {
    const code = known?.exitCode ?? null;
    const says =
      code === null
        ? phrase('{address} cannot be reached: the container {name} does not run.', {
            address,
            name,
          })
        : phrase('{address} cannot be reached: the container {name} has ended ({code}).', {
            address,
            name,
            code,
          });
    return new ReplicationError('refused', says);
  }
  const says = phrase('{address} could not be asked: {says}', {
    address,
    says: plain(refusal.says),
  });
  return new ReplicationError('not-asked', says);
}
