/** How much longer than planned a round or a rest may take before the machine must have slept. */
const stalledMs = 5_000;

/**
 * True when far more time went by than planned: the machine slept, or was so busy that what it saw in between is stale.
 * The round after such a gap is not judged, so that nobody is called dead for having been left alone.
 */
export function stalled(plannedMs: number, tookMs: number): boolean {
  return tookMs > plannedMs + stalledMs;
}
