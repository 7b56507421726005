// What the way through the embedded proxy costs, against a direct connection to the same server.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { openProxy, startTarget, type Behaviour } from '../support/harness/proxy/ends.ts';

const rounds = 5;
const questions = 4_000;
const question = Buffer.alloc(1_024, 'q');
const bulkBytes = 256 * 1024 * 1024;
const bulkPiece = Buffer.alloc(64 * 1024, 'b');

/** Answers each question of 1 KB with 1 KB; a connection that says `bulk` gets the great load. */
const answering: Behaviour = (socket) => {
  let open = 0;
  socket.once('data', (first) => {
    if (first.toString('latin1', 0, 4) === 'bulk') {
      void pour(socket);
    }
  });
  socket.on('data', (piece) => {
    for (open += piece.length; open >= question.length; open -= question.length) {
      socket.write(question);
    }
  });
  socket.on('end', () => socket.end());
};

async function pour(socket: Socket): Promise<void> {
  for (let sent = 0; sent < bulkBytes; sent += bulkPiece.length) {
    if (!socket.write(bulkPiece)) {
      await once(socket, 'drain');
    }
  }
  socket.end();
}

async function connected(address: string): Promise<Socket> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Microseconds from a question to its whole answer, the median of many. */
async function medianRoundTrip(address: string): Promise<number> {
  const socket = await connected(address);
  const times: number[] = [];
  for (let place = 0; place < questions; place += 1) {
    const askedAt = performance.now();
    socket.write(question);
    for (let heard = 0; heard < question.length;) {
      const [piece]: Buffer[] = await once(socket, 'data');
      heard += piece?.length ?? 0;
    }
    times.push(1_000 * (performance.now() - askedAt));
  }
  socket.destroy();
  return median(times);
}

/** Megabytes a second from the server to the client. */
async function throughput(address: string): Promise<number> {
  const socket = await connected(address);
  const startedAt = performance.now();
  socket.write('bulk');
  let heard = 0;
  socket.on('data', (piece) => (heard += piece.length));
  await once(socket, 'end');
  if (heard !== bulkBytes) {
    throw new Error(`${String(heard)} of ${String(bulkBytes)} bytes arrived.`);
  }
  return heard / 1024 / 1024 / ((performance.now() - startedAt) / 1_000);
}

function median(numbers: readonly number[]): number {
  return (
    numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
  );
}

async function compare(
  what: string,
  unit: string,
  measure: (address: string) => Promise<number>,
  { direct, proxied }: { readonly direct: string; readonly proxied: string },
): Promise<void> {
  const found: { readonly direct: number[]; readonly proxied: number[] } = {
    direct: [],
    proxied: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    found.direct.push(await measure(direct));
    found.proxied.push(await measure(proxied));
  }
  const [plain, through] = [median(found.direct), median(found.proxied)];
  console.log(
    `${what}: direct ${plain.toFixed(0)} ${unit}, through the proxy ${through.toFixed(0)} ${unit}, ratio ${(through / plain).toFixed(2)}`,
  );
}

/** The server and the proxy have a process of their own each, as in life. */
async function start(part: 'server' | 'proxy', target = ''): Promise<[ChildProcess, string]> {
  const child = fork(import.meta.filename, [part, target]);
  const [address]: string[] = await once(child, 'message');
  return [child, address ?? ''];
}

async function compareAll(): Promise<void> {
  const [server, direct] = await start('server');
  const [proxy, proxied] = await start('proxy', direct);
  await compare('1 KB asked and answered', 'µs', medianRoundTrip, { direct, proxied });
  await compare('bulk', 'MB/s', throughput, { direct, proxied });
  proxy.kill();
  server.kill();
}

const [, , part, target = ''] = process.argv;
if (part === 'server') {
  process.send?.((await startTarget(answering)).address);
} else if (part === 'proxy') {
  const { proxy, listen } = await openProxy();
  proxy.leadTo(target);
  process.send?.(listen);
} else {
  await compareAll();
}
