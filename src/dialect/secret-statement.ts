/** The words by which a statement hands over a password or its hash, in every release. */
const handsOver = /\b(?:IDENTIFIED|PASSWORD|(?:MASTER|SOURCE)_PASSWORD)\b/i;

/**
 * Whether a statement may carry a secret. Servers quote statements and values in their errors, also in part: of such a
 * statement nothing that a server says may be kept.
 */
export function carriesSecret(sql: string): boolean {
  return handsOver.test(sql);
}

/**
 * The shapes in which a statement of anybody holds a password, its hash, or an address with one: narrower than the words
 * alone, which servers also use for themselves, as in `(using password: YES)`.
 */
const quoted = [
  /\b(?:IDENTIFIED|(?:MASTER|SOURCE)_PASSWORD|authentication_string|mysql\.global_priv)\b/i,
  /\bSET\s+PASSWORD\b/i,
  /\bPASSWORD\s*[=('"`]/i,
  /:\/\/[^\s/'"@]+:[^\s/'"@]+@/,
];

/** The shortest text that one of them finds: `://a:b@`. Most of what a server says in a round is shorter. */
const shortest = 7;

function quotesSecret(said: string): boolean {
  return said.length >= shortest && quoted.some((it) => it.test(said));
}

/** Errors that name an account or a right before they quote the statement, and nothing else of it. */
const namesAccount: ReadonlySet<number> = new Set([1133, 1227, 1290, 1396, 1410]);

/**
 * What a server says, without a statement in it that may hold a secret, its own or a replicated one: a server quotes those
 * in whole or cut off anywhere.
 */
export function withoutSecret(said: string, errno: number | undefined): string {
  if (!quotesSecret(said)) return said;
  const [before = ''] = said.split(/\s*\b(?:on query|query:)/i, 1);
  return namesAccount.has(errno ?? 0) && before !== '' && before !== said && !quotesSecret(before)
    ? `${before}. The statement is left out, since it may hold a password.`
    : 'The words of the server are left out, since they quote a statement that may hold a password.';
}
