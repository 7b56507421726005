import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  distrusted,
  objectionTo,
  type Entry,
  type Users,
} from '../../../src/adapters/trusted-file.ts';

const users: Users = {
  uid: 1000,
  inContainer: false,
  nameOf: (uid) => (uid === 1000 ? 'me' : 'eve'),
  groupNameOf: (gid) => (gid === 1000 ? 'me' : 'staff'),
  hasOthers: (gid) => gid !== 1000,
};
const file: Entry = {
  path: '/home/me/switchover.json',
  uid: 1000,
  gid: 1000,
  mode: 0o100644,
  isFolder: false,
  isReadOnly: false,
};
const folder: Entry = { ...file, path: '/home/me', mode: 0o040755, isFolder: true };

function judged(entry: Entry, by: Users = users): string | undefined {
  return objectionTo(entry, file.path, by);
}

test.each<[string, Entry, Users]>([
  ['our own file', file, users],
  ['a file of root', { ...file, uid: 0, gid: 0 }, users],
  ['a file that our own group may write', { ...file, mode: 0o100664 }, users],
  ['a folder like /tmp', { ...folder, uid: 0, gid: 0, mode: 0o041777 }, users],
  ['a file that is mounted to read only', { ...file, uid: 501, isReadOnly: true }, users],
  ['a bind mount in a container', { ...file, uid: 501 }, { ...users, inContainer: true }],
  [
    'a bind mount that a group of the host may write',
    { ...file, uid: 501, gid: 501, mode: 0o100664 },
    { ...users, inContainer: true },
  ],
])('%s is trusted', (_, entry, by) => {
  expect(judged(entry, by)).toBeUndefined();
});

test.each<[string, Entry, string]>([
  [
    'every user may write',
    { ...file, mode: 0o100666 },
    'can be written by every user (mode 666): run chmod go-w /home/me/switchover.json',
  ],
  [
    'a group with others may write',
    { ...file, gid: 50, mode: 0o100664 },
    'can be written by the group staff (mode 664): run chmod g-w /home/me/switchover.json',
  ],
  [
    'somebody else owns',
    { ...file, uid: 1001 },
    'belongs to eve, who could change it: run sudo chown me /home/me/switchover.json',
  ],
  [
    'lies in a folder that every user may write',
    { ...folder, mode: 0o040777 },
    '/home/me, which leads to /home/me/switchover.json, can be written by every user',
  ],
  [
    'lies in a folder of somebody else, sticky or not',
    { ...folder, uid: 1001, mode: 0o041777 },
    'belongs to eve',
  ],
])('a file that %s is not', (_, entry, says) => {
  expect(judged(entry)).toContain(says);
});

describe.skipIf(process.platform === 'win32')('on a real file system', () => {
  const dir = mkdtempSync(join(tmpdir(), 'switchover-trust-'));
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  test('a link is judged by where it stands and by where it leads', () => {
    const good = join(dir, 'good.json');
    writeFileSync(good, '{}', { mode: 0o600 });
    expect(distrusted(good)).toBeUndefined();
    const open = join(dir, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    symlinkSync(good, join(open, 'link.json'));
    expect(distrusted(join(open, 'link.json'))).toContain(`chmod go-w ${open}`);
    writeFileSync(join(open, 'bad.json'), '{}', { mode: 0o600 });
    symlinkSync(join(open, 'bad.json'), join(dir, 'link.json'));
    expect(distrusted(join(dir, 'link.json'))).toContain(`chmod go-w ${open}`);
  });

  test('a folder that is still to be made is judged by those above it', () => {
    const open = join(dir, "it's open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect(distrusted(join(open, 'state'))).toContain(
      `run chmod go-w '${open.replace("'", `'\\''`)}'`,
    );
    expect(distrusted(join(dir, 'state'))).toBeUndefined();
  });
});
