/** The lines `NAME=value` of an environment file, in linear time. */
export function namedIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(at, 0)).trim();
    return /^\w+$/.test(name) ? [[name, unquoted(line.slice(at + 1).trim())] as const] : [];
  });
  return Object.fromEntries(lines);
}

function unquoted(value: string): string {
  const [first = ''] = value;
  const isQuoted = value.length >= 2 && (first === '"' || first === "'") && value.endsWith(first);
  return isQuoted ? value.slice(1, -1) : value;
}
