import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A way to one server that no fault of the network closes, as somebody at its console has. */
export interface SideDoor {
  close(): void;
}

/** Whoever connects to this port of 127.0.0.1 comes to the same port of 127.0.0.1 inside the host. */
export async function openSideDoor(
  { command }: { readonly command: readonly string[] },
  port: number,
): Promise<SideDoor> {
  const listener = createServer();
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  const [program = '', ...before] = command;
  const relay = join(import.meta.dirname, 'inner-relay.mjs');
  const child = spawn(program, [...before, process.execPath, relay, String(port)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = once(child, 'message');
  child.send('listen', listener);
  await ready;
  listener.close();
  child.unref();
  child.channel?.unref();
  return {
    close: () => {
      child.kill('SIGKILL');
    },
  };
}
