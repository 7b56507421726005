// Builds what is shipped into dist/: the extension, the engine that it loads when first needed,
// the command line, and the page of the panel.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { argv } from 'node:process';
import { context, build } from 'esbuild';

const watch = argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  minify: !watch,
  sourcemap: watch,
  legalComments: 'none',
  logLevel: 'warning',
};

const nativeParts = ['cpu-features', '*.node'];

/** @type {import('esbuild').BuildOptions} */
const host = {
  ...shared,
  platform: 'node',
  target: 'node22.13',
  mainFields: ['module', 'main'],
  // Of SSH only the part in JavaScript is shipped, one extension for all platforms: it does without these where they are
  // not there. An empty module in their place would be taken for them.
  external: nativeParts,
};

const bundles = [
  {
    ...host,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: [...nativeParts, 'vscode', './engine.cjs'],
    plugins: [loadEngineLate()],
  },
  {
    ...host,
    entryPoints: ['src/compose.ts'],
    outfile: 'dist/engine.cjs',
    format: 'cjs',
    plugins: [leaveOutImageBuilds()],
  },
  {
    ...host,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [leaveOutImageBuilds()],
  },
  {
    ...shared,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    entryPoints: ['webview/topology-app.ts'],
    outfile: 'dist/webview/topology.js',
  },
];

/**
 * The extension starts before anybody needs a database: it imports `compose.ts` late,
 * and that import leads to the bundle beside it.
 * @returns {import('esbuild').Plugin}
 */
function loadEngineLate() {
  return {
    name: 'load-engine-late',
    setup(it) {
      it.onResolve({ filter: /(^|\/)compose\.ts$/ }, ({ kind }) =>
        kind === 'dynamic-import' || kind === 'require-call'
          ? { path: './engine.cjs', external: true }
          : { errors: [{ text: 'The extension imports compose.ts late: await import(...).' }] },
      );
    },
  };
}

/**
 * The Docker client can also build images, by a protocol that is larger than all else of it; we never do.
 * @returns {import('esbuild').Plugin}
 */
function leaveOutImageBuilds() {
  return {
    name: 'leave-out-image-builds',
    setup(it) {
      const names = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)$/;
      it.onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'left-out' }));
      it.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: '' }));
    },
  };
}

function copyIcons() {
  mkdirSync('dist/webview', { recursive: true });
  for (const file of ['codicon.css', 'codicon.ttf']) {
    copyFileSync(`node_modules/@vscode/codicons/dist/${file}`, `dist/webview/${file}`);
  }
}

rmSync('dist', { recursive: true, force: true });
copyIcons();
if (watch) {
  await Promise.all(bundles.map(async (options) => (await context(options)).watch()));
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
