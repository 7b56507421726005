import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestMember } from '../servers/test-member.ts';

const run = promisify(execFile);

/** Says why packets cannot be dropped here; undefined when they can. */
export async function whyNoPackets(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) {
    return 'dropping packets needs root';
  }
  return run('iptables', ['-w', '-L', 'OUTPUT', '-n']).then(
    () => undefined,
    () => 'iptables does not work here',
  );
}

/** Drops, without a word to anybody, every packet to and from one server; returns how to let them through again. */
export async function dropPackets({ port }: TestMember): Promise<() => Promise<void>> {
  const rules = ['--dport', '--sport'].map((side) => [
    'OUTPUT',
    '-o',
    'lo',
    '-p',
    'tcp',
    side,
    String(port),
    '-j',
    'DROP',
  ]);
  await Promise.all(rules.map((it) => run('iptables', ['-w', '-I', ...it])));
  let dropped = true;
  return async () => {
    if (dropped) {
      dropped = false;
      await Promise.all(rules.map((it) => run('iptables', ['-w', '-D', ...it])));
    }
  };
}
