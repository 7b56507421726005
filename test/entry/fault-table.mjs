// Prints what became of every fault: one line each, from what the tests wrote down.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, tell } from './steps.mjs';

const file = join(root, 'out/results/faults.jsonl');
const widths = [11, 9, 12, 8, 13, 6];

export function forgetFaults() {
  rmSync(file, { force: true });
}

export function printFaults() {
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean)
    : [];
  tell('');
  tell(row(['fault', 'server', 'verdict', 'pause', 'acknowledged', 'lost', 'what it was']));
  for (const it of lines.map((line) => JSON.parse(line))) {
    tell(row(cellsOf(it)));
  }
}

function cellsOf(it) {
  const played = it.acknowledged !== undefined;
  const why = it.verdict === 'as expected' ? `: ${it.expected}` : `: ${it.because ?? ''}`;
  return [
    it.id,
    it.server ?? '-',
    it.verdict,
    typeof it.seconds === 'number' ? `${it.seconds.toFixed(2)} s` : '-',
    played ? String(it.acknowledged) : '-',
    played ? String(it.lost) : '-',
    `${it.says}${why}`.split('\n')[0],
  ];
}

function row(cells) {
  return cells.map((it, place) => it.padEnd(widths[place] ?? 0)).join(' ');
}
