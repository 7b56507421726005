/** The server's own number in a sentence of ours, which people look up: `(error 1045)`. */
export function errorNumberIn(says: string): number | undefined {
  const number = /\(error (\d{1,6})\)/.exec(says)?.[1];
  return number === undefined ? undefined : Number(number);
}
