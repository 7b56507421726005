// Builds and packages the extension as one file for every platform.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, step } from './steps.mjs';

/** Returns the path of the package. */
export async function packageExtension(env) {
  await step('build', () => run('node', ['esbuild.mjs'], { env }));
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const file = join(root, 'out', `${name}-${version}.vsix`);
  mkdirSync(join(root, 'out'), { recursive: true });
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--out', file];
  await step('package', () => run('vsce', args, { env }));
  return file;
}
