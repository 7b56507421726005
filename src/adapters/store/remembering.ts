/**
 * The same function, that reads each text once: the journal's records are asked for in every round, and few of them
 * ever change. `read` must be pure; of more than `most` texts those read longest ago are forgotten.
 */
export function remembering<Value>(
  read: (text: string) => Value | undefined,
  most: number,
): (text: string) => Value | undefined {
  const known = new Map<string, Value>();
  return (text) => {
    const before = known.get(text);
    const value = before ?? read(text);
    if (value !== undefined) {
      known.delete(text);
      known.set(text, value);
    }
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) {
      known.delete(oldest);
    }
    return value;
  };
}
