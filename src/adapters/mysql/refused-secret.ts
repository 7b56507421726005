import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { carriesSecret, withoutSecret } from '../../dialect/secret-statement.ts';

/** What a server means by a number, in our words. */
const reasons: Readonly<Record<number, Phrase>> = {
  1044: phrase('our user lacks a right'),
  1045: phrase('our user lacks a right'),
  1064: phrase('it cannot read the statement'),
  1142: phrase('our user lacks a right'),
  1227: phrase('our user lacks a right'),
  1290: phrase('an option of the server, such as read_only, forbids it'),
  1396: phrase('an account or a role of that name is in the way'),
  1410: phrase('our user lacks a right'),
  1470: phrase('a name or the password is too long'),
  1742: phrase('a name or the password is too long'),
  1819: phrase('its password policy refuses the password'),
  1836: phrase('it is read-only'),
  3056: phrase('the password is longer than 32 bytes'),
  3098: phrase('its replication does not allow it'),
  3878: phrase('our user lacks a right'),
  4150: phrase('its password policy refuses the password'),
};

/** The one message that we must tell from others with its number, and that holds no value. */
const hashRefusal = 'strict-password-validation';
const refusesHash = phrase('its strict_password_validation refuses the hash of a password');

/** Whether a server refused the hash of a password, as told by `refusedSecret`. */
export function refusedHash(says: Phrase): boolean {
  return says.values['because'] === refusesHash;
}

/**
 * What to say of an error in place of the server's words, which may quote the statement or a part of it, cut off anywhere.
 * Undefined where the driver's error is not about a statement with a secret.
 */
export function refusedSecret(error: unknown, address: string): Phrase | undefined {
  if (!(error instanceof Error) || !('sql' in error) || typeof error.sql !== 'string') {
    return undefined;
  }
  if (!carriesSecret(error.sql)) {
    return undefined;
  }
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  // What Node says of a socket quotes nothing.
  if (errno <= 0) return undefined;
  const because = error.message.includes(hashRefusal) ? refusesHash : reasons[errno];
  return because === undefined
    ? phrase(
        '{address} refused a statement that holds a password: error {number}. The words of the server are left out, since they may quote it.',
        { address, number: errno },
      )
    : phrase('{address} refused a statement that holds a password: {because} (error {number}).', {
        address,
        because,
        number: errno,
      });
}

/**
 * The driver puts the whole statement, and the server's words once more, on its error. Undefined where its message, which
 * stands in its stack too, may hold a secret.
 */
export function withoutStatement(error: unknown): unknown {
  if (error instanceof Error) {
    if (withoutSecret(error.message, undefined) !== error.message) return undefined;
    for (const name of ['sql', 'sqlMessage']) {
      Reflect.deleteProperty(error, name);
    }
  }
  return error;
}
