import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestMember } from './test-member.ts';

/**
 * Throws the data of one server away and gives it those of a replica, which is stopped for that moment. The copy knows
 * whom to read from, since that is kept with the data, and both come back read-only.
 */
export async function rebuild(broken: TestMember, replica: TestMember): Promise<void> {
  await Promise.all([broken.kill9(), replica.stop()]);
  const data = join(broken.folder, 'data');
  await rm(data, { recursive: true, force: true });
  await cp(join(replica.folder, 'data'), data, { recursive: true });
  await rm(join(data, 'auto.cnf'), { force: true });
  await Promise.all([broken.start(['--read-only=1']), replica.start(['--read-only=1'])]);
}
