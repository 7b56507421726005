import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutLiterals } from '../../../src/dialect/without-literals.ts';

test.each([
  ['ALTER TABLE t', 'ALTER TABLE t'],
  ['UPDATE shop.orders SET n = 4711 WHERE id=12.5', 'UPDATE shop.orders SET n = ? WHERE id=?'],
  ["INSERT INTO `card_1` VALUES (1, '4111-1111', 2)", 'INSERT INTO `card_1` VALUES (?, ...'],
  ['DELETE FROM t2 WHERE name = "Kim"', 'DELETE FROM t2 WHERE name = ...'],
  ["UPDATE t SET a = 'x\\', b = 'hidden'", 'UPDATE t SET a = ...'],
  ['/* user 7 */ /*x*/ DELETE\n  FROM t -- for Kim', 'DELETE FROM t ...'],
  ['/* no end', ''],
  ['SELECT 0x4142, 1e5 FROM t # Kim', 'SELECT ?, ? FROM t ...'],
  ["CREATE USER app IDENTIFIED BY 'hidden'", 'CREATE USER ...'],
  ["ALTER USER app IDENTIFIED BY PASSWORD '*hid", 'ALTER USER ...'],
  ['', ''],
])('%s', (statement, shown) => {
  expect(withoutLiterals(statement)).toBe(shown);
});

test('no text and no number is left, wherever the statement was cut off', () => {
  const values = fc.constantFrom(
    "'Zq7hid'",
    '"Zq7hid"',
    "'a\\'Zq7hid'",
    "'a''Zq7hid'",
    '771177',
    '-771177',
  );
  const words = fc.constantFrom('SET', 'a', '=', ',', '(', ')', 'WHERE', '\n', '/* c */');
  const statement = fc
    .array(fc.oneof(words, values))
    .map((it) => `UPDATE shop.orders ${it.join(' ')}`);
  fc.assert(
    fc.property(statement, fc.nat(120), (sql, length) => {
      const shown = withoutLiterals(sql.slice(0, length));
      expect(shown).not.toMatch(/Zq7|77/);
      expect('UPDATE shop.orders'.startsWith(shown.slice(0, 18).replace(/ \.\.\.$/, ''))).toBe(
        true,
      );
    }),
  );
});
