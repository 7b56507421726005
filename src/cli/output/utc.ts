/** A moment for people, in UTC: `2026-01-31 12:00:00Z`. `at`: milliseconds since the epoch. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** The same to the millisecond: `2026-01-31 12:00:00.250Z`. */
export function exactUtc(at: number): string {
  return new Date(at).toISOString().replace('T', ' ');
}
