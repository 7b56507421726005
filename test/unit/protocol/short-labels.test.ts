import { expect, test } from 'vitest';
import { shortLabels } from '../../../src/protocol/short-labels.ts';

test.each([
  { keys: ['db1:3306', 'db2:3306'], labels: ['db1', 'db2'] },
  { keys: ['db1.a.example:3306', 'db2.a.example:3306'], labels: ['db1', 'db2'] },
  { keys: ['db.a.example:3306', 'db.b.example:3306'], labels: ['db.a.example', 'db.b.example'] },
  { keys: ['127.0.0.1:3306', '127.0.0.2:3306'], labels: ['127.0.0.1', '127.0.0.2'] },
  { keys: ['127.0.0.1:13311', '127.0.0.1:13312'], labels: ['127.0.0.1:13311', '127.0.0.1:13312'] },
  { keys: ['[::1]:3306', 'db1:3307'], labels: ['[::1]', 'db1:3307'] },
])('$keys are shown as $labels', ({ keys, labels }) => {
  expect([...shortLabels(keys).values()]).toEqual(labels);
});
