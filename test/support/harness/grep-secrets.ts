import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testUsers } from '../../servers/test-cluster.ts';

const secrets = Object.values(testUsers).map((it) => it.password);

/** Every place below a folder where a password of the test users stands: `file: user`. */
export async function grepSecrets(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
  const found = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file, 'latin1');
      return secrets
        .filter((it) => content.includes(it))
        .map((it) => `${file}: ${it.slice(0, 4)}...`);
    }),
  );
  return found.flat();
}
