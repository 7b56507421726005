/** The known word that `written` was most likely meant to be; undefined when none is near. */
export function nearestWord(written: string, known: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  const ranked = known
    .map((word) => ({ word, distance: editDistance(lower, word.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const allowed = Math.max(2, Math.floor(written.length / 3));
  return best !== undefined && best.distance <= allowed ? best.word : undefined;
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
