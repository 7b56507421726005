/** Addresses that begin with the same bits. */
export interface IpRange {
  /** 16 bytes; an IPv4 address as `::ffff:a.b.c.d`. */
  readonly bytes: readonly number[];
  /** How many bits count, 0 to 128. */
  readonly bits: number;
}

/** Reads `10.20.0.0/16`, `fd00::/8`, `[fd00::]/8`, or one address; undefined for anything else. */
export function readRange(text: string): IpRange | undefined {
  const [address = '', length, more] = text.split('/');
  const bytes = bytesOf(address);
  if (bytes === undefined || more !== undefined) return undefined;
  const isShort = !address.includes(':');
  const most = isShort ? 32 : 128;
  const bits = length === undefined ? most : numberUpTo(length, most);
  return bits === undefined ? undefined : { bytes, bits: isShort ? bits + 96 : bits };
}

export function isAddress(text: string): boolean {
  return bytesOf(text) !== undefined;
}

/** False for everything that is no address. */
export function addressIn(host: string, { bytes, bits }: IpRange): boolean {
  const address = bytesOf(host);
  return (
    address?.every((byte, place) => {
      const counted = Math.min(8, Math.max(0, bits - place * 8));
      const mask = (0xff << (8 - counted)) & 0xff;
      return (byte & mask) === ((bytes[place] ?? 0) & mask);
    }) === true
  );
}

/** `127.0.0.0/8`, `::1` and `localhost`: they never leave the machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === 'localhost' || loopbacks.some((it) => addressIn(name, it));
}

const loopbacks: readonly IpRange[] = ['127.0.0.0/8', '::1'].flatMap((it) => readRange(it) ?? []);

/** Brackets and a zone (`%eth0`) are left out; undefined for what is no address. */
function bytesOf(text: string): readonly number[] | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const [address = ''] = bare.split('%');
  const inner = address.includes(':') ? sixteen(address) : four(address);
  return inner === undefined || inner.length === 16
    ? inner
    : [...Array.from({ length: 10 }, () => 0), 0xff, 0xff, ...inner];
}

/** Leading zeros are refused: a resolver takes such a number for an octal one. */
function four(text: string): readonly number[] | undefined {
  const parts = text.split('.').map((it) => numberUpTo(it, 255));
  const bytes = parts.filter((it) => it !== undefined);
  return parts.length === 4 && bytes.length === 4 ? bytes : undefined;
}

function sixteen(text: string): readonly number[] | undefined {
  if (text.length > 45) return undefined;
  const [before = '', after, more] = text.split('::');
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  if (head === undefined || tail === undefined || more !== undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Two bytes for each group; the last may be an IPv4 address. */
function groups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':').map((part) => {
    if (part.includes('.')) return four(part);
    const value = /^[0-9a-f]{1,4}$/i.test(part) ? Number.parseInt(part, 16) : undefined;
    return value === undefined ? undefined : [value >> 8, value & 0xff];
  });
  return parts.some((it) => it === undefined) ? undefined : parts.flatMap((it) => it ?? []);
}

function numberUpTo(text: string, most: number): number | undefined {
  const value = /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN;
  return value <= most ? value : undefined;
}
