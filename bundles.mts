// What is built of what; `esbuild.mjs` writes it, and a test looks at what went into it.
import type { BuildOptions, Plugin } from 'esbuild';

const shared: BuildOptions = {
  bundle: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

const nativeParts = ['cpu-features', '*.node'];

const host: BuildOptions = {
  ...shared,
  platform: 'node',
  target: 'node22.13',
  mainFields: ['module', 'main'],
  // Of SSH only the part in JavaScript is shipped, one extension for all platforms: it does without these where they are
  // not there. An empty module in their place would be taken for them.
  external: nativeParts,
};

export const bundles: readonly BuildOptions[] = [
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
    entryPoints: ['src/wiring/engine.ts'],
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
 * The extension starts before anybody needs a database: it imports `wiring/engine.ts` late,
 * and that import leads to the bundle beside it.
 */
function loadEngineLate(): Plugin {
  return {
    name: 'load-engine-late',
    setup(it) {
      it.onResolve({ filter: /\/wiring\/engine\.ts$/ }, ({ kind }) =>
        kind === 'dynamic-import' || kind === 'require-call'
          ? { path: './engine.cjs', external: true }
          : {
              errors: [{ text: 'The extension imports wiring/engine.ts late: await import(...).' }],
            },
      );
    },
  };
}

/**
 * The Docker client can also build images, by a protocol that is larger than all else of it; we never do.
 */
function leaveOutImageBuilds(): Plugin {
  return {
    name: 'leave-out-image-builds',
    setup(it) {
      const names = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)$/;
      it.onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'left-out' }));
      it.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: '' }));
    },
  };
}

/** Files that go beside the page as they come, by their package. */
export const copied = {
  from: 'node_modules/@vscode/codicons',
  files: ['dist/codicon.css', 'dist/codicon.ttf'],
  to: 'dist/webview',
} as const;
