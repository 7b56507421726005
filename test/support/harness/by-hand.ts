import { execFile } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { optionFileOf } from '../../../src/adapters/lab/server-process.ts';
import type { SpelledInstruction } from '../../../src/core/model/doctor.ts';
import { testUsers, type TestCluster } from '../../servers/test-cluster.ts';
import type { TestMember } from '../../servers/test-member.ts';

const run = promisify(execFile);

/** What stands in angle brackets: a password, or the account that a server's error log names. */
function filledIn(line: string): string {
  const { monitor, replication } = testUsers;
  const { password } = line.includes(`'${monitor.user}'`) ? monitor : replication;
  return line.replaceAll('<password>', password).replaceAll("'<user>'@'<host>'", "'late'@'%'");
}

/** Does what a person would who reads the doctor's lines; every server restarts once at most. */
export async function doByHand(
  cluster: TestCluster,
  instructions: readonly SpelledInstruction[],
): Promise<void> {
  await runStatements(
    cluster,
    instructions.filter((it) => it.into === 'sql'),
  );
  const others = instructions.filter((it) => it.into !== 'sql');
  await Promise.all(
    cluster.members.map((it) =>
      changeOffline(
        it,
        others.filter(({ on }) => on === it.key),
      ),
    ),
  );
}

/** "One step on all servers before the next": so is all that several servers are told alike. */
async function runStatements(
  cluster: TestCluster,
  instructions: readonly SpelledInstruction[],
): Promise<void> {
  const alone = instructions.filter((it) => it.lines.some((line) => /SESSION/.test(line)));
  for (const { on, lines } of alone) await cluster.member(on).sql(...lines.map(filledIn));
  const stepwise = instructions.filter((it) => !alone.includes(it));
  const steps = Math.max(0, ...stepwise.map((it) => it.lines.length));
  for (let step = 0; step < steps; step += 1) {
    for (const { on, lines } of stepwise) {
      const line = lines[step];
      if (line !== undefined) await cluster.member(on).sql(filledIn(line));
    }
  }
}

async function changeOffline(
  member: TestMember,
  instructions: readonly SpelledInstruction[],
): Promise<void> {
  if (instructions.length === 0) return;
  const restart = instructions.some((it) => it.restart);
  if (restart) await member.stop();
  for (const { into, lines } of instructions) {
    if (into === 'option-file') {
      await appendFile(optionFileOf(member.folder), `${lines.join('\n')}\n`);
    } else {
      const [program = '', ...words] = lines.join(' ').split(' <data directory>');
      await run('sh', ['-c', [program, ...words].join(` ${member.folder}/data`)]);
    }
  }
  if (restart) await member.start();
}
