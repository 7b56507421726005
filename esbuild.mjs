// Builds what is shipped into dist/: the extension, the engine that it loads when first needed,
// the command line, and the page of the panel; beside it what has to be said of the software of others in it.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { context, build } from 'esbuild';
import { bundles, copied } from './bundles.mts';
import { noticesOf, objectionsTo, packagesIn, readThirdParty } from './third-party.mts';

function copyIcons() {
  mkdirSync(copied.to, { recursive: true });
  for (const file of copied.files) {
    copyFileSync(join(copied.from, file), join(copied.to, basename(file)));
  }
}

/** Fails where a licence forbids what we do. */
function writeNotices(metafiles) {
  const all = [...packagesIn(metafiles), copied.from].map(readThirdParty);
  const objections = objectionsTo(all);
  if (objections.length > 0) {
    throw new Error(objections.join('\n'));
  }
  writeFileSync('THIRD_PARTY_NOTICES.txt', noticesOf(all));
}

rmSync('dist', { recursive: true, force: true });
copyIcons();
if (argv.includes('--watch')) {
  const options = { minify: false, sourcemap: true };
  await Promise.all(bundles.map(async (it) => (await context({ ...it, ...options })).watch()));
} else {
  const built = await Promise.all(bundles.map((it) => build({ ...it, minify: true })));
  writeNotices(built.map(({ metafile }) => metafile));
}
