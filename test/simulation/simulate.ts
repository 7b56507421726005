// npm run simulate [-- --seconds 60 --seed 1] [-- --seed 17 --once]
import { argv, exit } from 'node:process';
import { parseArgs } from 'node:util';
import { play, type History } from './history.ts';

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    /** Plays this one history and prints it. */
    once: { type: 'boolean', default: false },
    /** Goes on behind the first violation. */
    all: { type: 'boolean', default: false },
    /** Engines run on two hosts. */
    'two-hosts': { type: 'boolean', default: false },
    lockless: { type: 'boolean', default: false },
    /** At most so many histories. */
    histories: { type: 'string', default: 'Infinity' },
    /** Switches off each guard in turn, for at most `seconds` each. */
    guards: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed ?? Math.floor(Date.now() / 1000) % 1_000_000);
if (values.guards) {
  const { playWithoutGuards } = await import('./without-guards.ts');
  exit((await playWithoutGuards(first, Number(values.seconds))) ? 0 : 1);
}

const endsAt = performance.now() + Number(values.seconds) * 1000;
const sum = { histories: 0, events: 0, plans: 0, acknowledged: 0, violations: 0 };

function note(history: History): void {
  sum.histories += 1;
  sum.events += history.events;
  sum.plans += history.plans;
  sum.acknowledged += history.acknowledged;
  sum.violations += history.violations.length;
}

function print({ seed, lines, violations }: History): void {
  if (!values.quiet) console.log(lines.join('\n'));
  for (const { which, says } of violations) {
    console.log(`VIOLATION ${which} in the history of seed ${String(seed)}: ${says}`);
  }
  if (violations.length > 0) {
    console.log(`Play it again: npm run simulate -- --once --seed ${String(seed)}`);
  }
}

console.log(`Histories from seed ${String(first)} on.`);
const options = { lockless: values.lockless, hosts: values['two-hosts'] ? 2 : 1 } as const;
const most = values.once ? 1 : Number(values.histories);
for (let seed = first; sum.histories < most && performance.now() < endsAt; seed += 1) {
  const history = await play(seed, options);
  note(history);
  if (values.once || history.violations.length > 0) print(history);
  if (history.violations.length > 0 && !values.all) break;
}
console.log(
  `${String(sum.histories)} histories, ${String(sum.events)} events, ${String(sum.plans)} plans run, ${String(sum.acknowledged)} writes acknowledged, ${String(sum.violations)} violations`,
);
exit(sum.violations === 0 ? 0 : 1);
