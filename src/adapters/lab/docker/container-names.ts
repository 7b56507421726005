/** Tried in this order; the last that is tried is the twentieth. */
const prefixes = [
  '',
  'lab-',
  ...Array.from({ length: 18 }, (_, place) => `lab${String(place + 2)}-`),
];

/** `db001`, `db002`, ... where all of them are free, else with the first prefix with which they are; undefined when none is. */
export function freeNames(
  count: number,
  taken: ReadonlySet<string>,
): readonly string[] | undefined {
  return prefixes
    .map((prefix) => Array.from({ length: count }, (_, place) => `${prefix}db${digits(place + 1)}`))
    .find((names) => !names.some((it) => taken.has(it)));
}

/** `mybridge` would be anybody's: the lab's own network says whose it is. */
export function freeNetworkName(taken: ReadonlySet<string>): string {
  for (let place = 1; ; place += 1) {
    const name = place === 1 ? 'switchover-lab' : `switchover-lab-${String(place)}`;
    if (!taken.has(name)) return name;
  }
}

function digits(place: number): string {
  return String(place).padStart(3, '0');
}
