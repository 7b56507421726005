import { expect, test } from 'vitest';
import { chooseImage } from '../../../../../src/adapters/lab/docker/image-choice.ts';

const none = { flavor: undefined, image: undefined };
const onDisk = [
  { tags: ['<none>:<none>'], created: 9 },
  { tags: ['team.example:5000/tools/mariadb:11.4'], created: 8 },
  { tags: ['mysql:8.4'], created: 2 },
  { tags: ['mariadb:10.11', 'mariadb:lts'], created: 3 },
  { tags: ['bitnami/mysql:8.4', 'mariadb-backup:1', 'mysql-router:8.4'], created: 7 },
];

test('an image that is here is preferred: official ones, and newer ones, first', () => {
  expect(chooseImage(none, onDisk)).toEqual({
    name: 'mariadb:10.11',
    flavor: 'mariadb',
    isHere: true,
  });
  expect(chooseImage({ ...none, flavor: 'mysql' }, onDisk).name).toBe('mysql:8.4');
  expect(chooseImage(none, onDisk.slice(0, 2)).name).toBe('team.example:5000/tools/mariadb:11.4');
});

test.each([
  ['mariadb', 'mariadb:lts'],
  ['mysql', 'mysql:lts'],
  [undefined, 'mariadb:lts'],
] as const)('where none is here, the official one of %s is pulled', (flavor, name) => {
  expect(chooseImage({ flavor, image: '' }, [])).toMatchObject({ name, isHere: false });
});

test('the setting wins, also where another is here; without a tag it means the latest', () => {
  const wish = { flavor: undefined, image: 'registry:5000/db/mysql' };
  expect(chooseImage(wish, onDisk)).toEqual({
    name: 'registry:5000/db/mysql:latest',
    flavor: 'mysql',
    isHere: false,
  });
  expect(chooseImage({ ...none, image: 'mysql:8.4' }, onDisk).isHere).toBe(true);
});

test('an image of the setting that is of another flavor than asked for does not count', () => {
  expect(chooseImage({ flavor: 'mariadb', image: 'mysql:8.4' }, onDisk).name).toBe('mariadb:10.11');
});
