import { expect, test } from 'vitest';
import { UnexpectedAnswer } from '../../../src/dialect/answer.ts';
import { variablesIn } from '../../../src/dialect/variables.ts';

test.each([
  { name: 'as most servers say them', row: { Variable_name: 'Server_Id', Value: '7' } },
  { name: 'with names in capitals', row: { VARIABLE_NAME: 'server_id', VALUE: '7' } },
  { name: 'with numbers', row: { Variable_name: 'server_id', Value: 7 } },
  { name: 'as bytes', row: { Variable_name: 'server_id', Value: Buffer.from('7') } },
])('variables are read $name', ({ row }) => {
  const variables = variablesIn([{ Variable_name: 'port', Value: '3306' }, row], 'SHOW');

  expect(variables.whole('SERVER_ID')).toBe(7);
  expect(variables.whole('port')).toBe(3306);
});

test('a variable without a value is an answer that cannot be read', () => {
  const rows = [{ Variable_name: 'server_id', Value: null }];

  expect(() => variablesIn(rows, 'SHOW')).toThrow(UnexpectedAnswer);
});
