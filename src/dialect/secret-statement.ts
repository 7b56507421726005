/** The words by which a statement hands over a password or its hash, in every release. */
const handsOver = /\b(?:IDENTIFIED|PASSWORD|(?:MASTER|SOURCE)_PASSWORD)\b/i;

/**
 * Whether a statement may carry a secret. Servers quote statements and values in their errors, also in part: of such a
 * statement nothing that a server says may be kept.
 */
export function carriesSecret(sql: string): boolean {
  return handsOver.test(sql);
}
