import { expect, test } from 'vitest';
import { readComposeFile } from '../../../../src/adapters/client-files/compose-file.ts';
import { fillVariables } from '../../../../src/adapters/client-files/compose-variables.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';

const environment = { PORT: '13306', EMPTY: '' };

test.each([
  ['${PORT}', '13306'],
  ['$PORT:3306', '13306:3306'],
  ['${NONE:-13307}', '13307'],
  ['${NONE-13307}', '13307'],
  ['${PORT:-13307}', '13306'],
  ['${NONE:?must be said}', ''],
  ['${NONE+x}', ''],
  ['$$PORT', '$PORT'],
  ['${}', '${}'],
  ['${NONE', '${NONE'],
  ['${NO NE} $', '${NO NE} $'],
  ['a ${EMPTY}b', 'a b'],
  ['${NONE:-a${PORT}', 'a${PORT'],
])('%s is %s', (text, filled) => {
  expect(fillVariables(text, environment)).toBe(filled);
});

// Each took a time that grew with the square or the cube of its length: minutes for 100 KB.
test.each([
  ['open braces', '${a'],
  ['open defaults', '${a:-'],
  ['open questions', '${a:-?+'],
  ['dollars', '$'],
  ['names', '$a${a ${'],
])('a file of 300 KB full of %s is read at once', (_, piece) => {
  const text = piece.repeat(Math.ceil(300_000 / piece.length));
  const beganAt = performance.now();
  fillVariables(text, {});
  fillVariables(`${text}}`, {});
  expect(performance.now() - beganAt).toBeLessThan(2_000);
});

test.each([
  '"evil.example.com:13306:3306"',
  '"${SECRET}.example.com:13306:3306"',
  '"198.51.100.7:13306:3306"',
  '{ target: 3306, published: 13306, host_ip: evil.example.com }',
])('a port that is published at %s leads nobody to another host', (port) => {
  const text = `services: { db: { image: mariadb, environment: { MARIADB_ROOT_PASSWORD: x }, ports: [${port}] } }`;
  const { found, problems } = readComposeFile(text, { SECRET: 'secret' });
  expect(found).toEqual([]);
  expect(problems.map(inEnglish).join()).toMatch(/publish no port/);
});
