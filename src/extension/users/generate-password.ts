import { randomInt } from 'node:crypto';

/** No letter that is taken for another, and none that a shell or an option file reads differently. */
const kinds = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '-_.+:'];
const length = 24;

/** A password that every usual policy of the servers accepts: each kind of letter is in it. */
export function generatePassword(): string {
  const all = kinds.join('');
  const letters = Array.from({ length }, (_, place) => pick(kinds[place] ?? all));
  // The first four are of known kinds: where they stand is no secret to be kept, but need not be known either.
  for (let place = letters.length - 1; place > 0; place -= 1) {
    const other = randomInt(place + 1);
    [letters[place], letters[other]] = [letters[other] ?? '', letters[place] ?? ''];
  }
  return letters.join('');
}

function pick(from: string): string {
  return from[randomInt(from.length)] ?? '';
}
