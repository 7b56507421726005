import type { Flavor } from './instance.ts';
import { phrase, type Phrase } from './phrase.ts';
import { isPlainText } from './plain-text.ts';

/** What must be known of a password before a statement holds it; never the password. */
export interface PasswordShape {
  /** In UTF-8, as it is sent. */
  readonly bytes: number;
  /** Whether a statement can hold it: see `isPlainText`. */
  readonly writable: boolean;
}

export function shapeOf(password: string): PasswordShape {
  return {
    bytes: new TextEncoder().encode(password).length,
    writable: isPlainText(password),
  };
}

/**
 * How long a password may be that a replica keeps for its source, in bytes of UTF-8, not in letters. Seen on MariaDB 10.11
 * (error 1470) and MySQL 9.7 (3056); MySQL 5.6 takes a longer one and keeps only the beginning.
 */
const longest: Readonly<Record<Flavor, number>> = { mariadb: 96, mysql: 32 };

const flavorNames: Readonly<Record<Flavor, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' };

/** Why a statement cannot give an account this password; undefined where it can. */
export function unwritable({ writable }: PasswordShape): Phrase | undefined {
  return writable
    ? undefined
    : phrase('the password holds control characters, which no statement can hold');
}

/** Why a replica cannot log in with this password at its source; undefined where it can. */
export function unfitForReplication(shape: PasswordShape, flavor: Flavor): Phrase | undefined {
  const count = longest[flavor];
  return shape.bytes > count
    ? phrase('the password is longer than the {count} bytes that {flavor} keeps for replication', {
        count,
        flavor: flavorNames[flavor],
      })
    : unwritable(shape);
}
