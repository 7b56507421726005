/** Commands of MySQL's protocol that a client of ours sends, by their first byte. */
const commands: Readonly<Record<number, string>> = {
  0x01: '(quits)',
  0x0e: '(pings)',
};
const query = 0x03;
/** The kind of a record of TLS that carries words. */
const tlsWords = 0x17;

/** What a client says in a piece of its connection, for a person: the first statement, or what kind of words these are. */
export function saidIn(piece: Buffer): string {
  if (piece[0] === tlsWords && piece[1] === 3) return '(encrypted)';
  const isCommand = piece.length > 4 && piece[3] === 0;
  if (!isCommand) return '(logs in)';
  const command = piece[4] ?? 0;
  if (command !== query) return commands[command] ?? `(command ${String(command)})`;
  const end = 4 + piece.readUIntLE(0, 3);
  return piece.toString('utf8', 5, Math.min(end, piece.length)).replaceAll(/\s+/g, ' ');
}
