import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** One file or folder as it decides about us. */
export interface Entry {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** With the type bits, as `stat` gives it. */
  readonly mode: number;
  readonly isFolder: boolean;
  /** On a file system that is mounted to read only, where rights do not matter. */
  readonly isReadOnly: boolean;
}

/** Who we are, and who else is here. */
export interface Users {
  readonly uid: number;
  /** In a container the owner and the group of a bind mount are those of the host: they say nothing here. */
  readonly inContainer: boolean;
  readonly nameOf: (uid: number) => string;
  readonly groupNameOf: (gid: number) => string;
  /** Whether anybody but `uid` is in the group. */
  readonly hasOthers: (gid: number, uid: number) => boolean;
}

const stickyBit = 0o1000;
const othersWrite = 0o002;
const groupWrites = 0o020;

/**
 * Why what stands in `path` may be somebody else's doing, with the command that changes it; undefined where only we and
 * root can have written it. Judges the file itself and every folder above it, as `ssh` does with its keys: who may write
 * a folder may put another file in its place. In a folder like /tmp only the owner may (its sticky bit).
 */
export function distrusted(path: string): string | undefined {
  if (process.platform === 'win32' || process.geteuid === undefined) return undefined;
  const users = usersHere(process.geteuid());
  return entriesOf(path)
    .map((it) => objectionTo(it, path, users))
    .find((it) => it !== undefined);
}

/** Judges one of them; `meant`: the file that is asked for. */
export function objectionTo(entry: Entry, meant: string, users: Users): string | undefined {
  if (entry.isReadOnly) return undefined;
  const { path } = entry;
  const which = path === meant ? path : `${path}, which leads to ${meant},`;
  const says = ownerObjection(entry, users) ?? rightsObjection(entry, users);
  return says === undefined ? undefined : `${which} ${says} ${quoted(path)}`;
}

function ownerObjection({ uid }: Entry, users: Users): string | undefined {
  if (uid === users.uid || uid === 0 || users.inContainer) return undefined;
  const us = users.nameOf(users.uid);
  return `belongs to ${users.nameOf(uid)}, who could change it: run sudo chown ${us}`;
}

function rightsObjection(
  { gid, mode, isFolder }: Entry,
  { uid, inContainer, hasOthers, groupNameOf }: Users,
): string | undefined {
  if (isFolder && (mode & stickyBit) !== 0) return undefined;
  const rights = `(mode ${(mode & 0o7777).toString(8)})`;
  if ((mode & othersWrite) !== 0) {
    return `can be written by every user ${rights}: run chmod go-w`;
  }
  if ((mode & groupWrites) === 0 || gid === 0 || inContainer) return undefined;
  if (!hasOthers(gid, uid)) return undefined;
  return `can be written by the group ${groupNameOf(gid)} ${rights}: run chmod g-w`;
}

/** The file first, then the folders above it, also those above a link that leads to it. What is not there is skipped. */
function entriesOf(path: string): readonly Entry[] {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  const link = lstatSync(at);
  const real = realpathSync(at);
  const names = new Set([...upwards(real), ...upwards(realpathSync(dirname(at)))]);
  const all = [...names].map(entryOf);
  // A link has no rights of its own, though an owner.
  return link.isSymbolicLink()
    ? [{ ...entryOf(real), path: at, uid: link.uid, mode: 0 }, ...all]
    : all;
}

function upwards(path: string): readonly string[] {
  return dirname(path) === path ? [path] : [path, ...upwards(dirname(path))];
}

function entryOf(path: string): Entry {
  const stat = statSync(path);
  const { uid, gid, mode } = stat;
  return { path, uid, gid, mode, isFolder: stat.isDirectory(), isReadOnly: isReadOnly(path) };
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

function usersHere(uid: number): Users {
  const accounts = linesOf('/etc/passwd').map(([name = '', , id, group]) => ({
    name,
    uid: Number(id),
    gid: Number(group),
  }));
  const groups = linesOf('/etc/group').map(([name = '', , id, members = '']) => ({
    name,
    gid: Number(id),
    members: members.split(',').filter((it) => it !== ''),
  }));
  const nameOf = (id: number): string =>
    accounts.find((it) => it.uid === id)?.name ?? `user ${String(id)}`;
  const groupOf = (gid: number): (typeof groups)[number] | undefined =>
    groups.find((it) => it.gid === gid);
  return {
    uid,
    inContainer: isContainer(),
    nameOf,
    groupNameOf: (gid) => groupOf(gid)?.name ?? String(gid),
    hasOthers: (gid, us) => {
      const own = accounts.find((it) => it.uid === us);
      const group = groupOf(gid);
      // Members that a directory service keeps stand in no file: only a group of our own name is known to be ours alone.
      if (group === undefined || own === undefined || group.name !== own.name) return true;
      const members = group.members.some((it) => it !== own.name);
      return members || accounts.some((it) => it.gid === gid && it.uid !== us);
    },
  };
}

/** Docker and Podman leave a file, Kubernetes a variable. */
function isContainer(): boolean {
  const marks = ['/.dockerenv', '/run/.containerenv'];
  return marks.some((it) => existsSync(it)) || 'KUBERNETES_SERVICE_HOST' in process.env;
}

function linesOf(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((it) => it.split(':'));
  } catch {
    return [];
  }
}

function quoted(path: string): string {
  return /^[\w/.@%+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
