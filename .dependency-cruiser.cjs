// Who may see whom. A layer sees itself and what is named here; all else is forbidden.
// test/unit/layers.test.ts runs these rules and counts what they looked at.

const model = '^src/core/model/';
const ports = '^src/core/ports\\.ts$';
const backend = '^src/core/backend\\.ts$';
const dialect = '^src/dialect/';
const protocol = '^src/protocol/';
const config = '^src/config/';
const privateFiles = '^src/adapters/(private-json|trusted-file)\\.ts$';
const wiring = '^src/wiring/';
const toolkit = '^webview/components/toolkit\\.ts$';

/** Node's own modules; a kind of dependency and not a path. */
const node = Symbol('node');
const vscode = '^vscode$|^node_modules/@types/vscode/';

/** A package by its name, and the types that came for it. */
function installed(...names) {
  return `^node_modules/(@types/)?(${names.join('|')})/`;
}

function mayOnlySee(layer, from, ...allowed) {
  return {
    name: `${layer}-sees-too-much`,
    severity: 'error',
    from: { path: from },
    to: {
      pathNot: [from, ...allowed.filter((it) => it !== node)].join('|'),
      ...(allowed.includes(node) ? { dependencyTypesNot: ['core'] } : {}),
    },
  };
}

/** The phases meet in the nouns and in the order that the engine gives them, never in one another. */
function phase(name, ...also) {
  return mayOnlySee(name, `^src/core/${name}/`, model, ports, ...also);
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    mayOnlySee('model', model),
    phase('discover'),
    phase('analyse'),
    phase('doctor'),
    phase('decide'),
    // What happened is recorded before the next step begins, so the executor writes records.
    phase('recover', '^src/core/record/'),
    phase('record'),
    mayOnlySee('core', '^src/core/'),
    mayOnlySee('dialect', dialect, model),
    mayOnlySee(
      'adapters',
      '^src/adapters/',
      model,
      ports,
      backend,
      // Which container a name means, and the ways to it.
      '^src/core/containers/',
      // The store ends the records that a dead process left open.
      '^src/core/record/',
      // Which container a name means is decided without any engine.
      '^src/core/containers/',
      dialect,
      config,
      node,
      installed('dockerode', 'mysql2', 'ssh2', 'ssh-config', 'yaml', 'zod'),
    ),
    mayOnlySee('protocol', protocol, model, backend, installed('zod')),
    mayOnlySee('config', config, model, '^src/core/containers/', installed('zod')),
    mayOnlySee(
      'cli',
      '^src/cli/',
      model,
      backend,
      protocol,
      config,
      wiring,
      // Whether a settings file may be read is asked before the engine is loaded.
      privateFiles,
      // Who runs us, and where our home is.
      '^src/adapters/own-user\\.ts$',
      node,
      installed('commander'),
    ),
    mayOnlySee(
      'extension',
      '^src/extension(/|\\.ts$)',
      model,
      backend,
      protocol,
      config,
      wiring,
      // What windows remember in files of their own is read before the engine is loaded.
      privateFiles,
      node,
      vscode,
      installed('zod', '@vscode/l10n'),
    ),
    {
      name: 'wiring-knows-no-editor',
      comment: 'The command line is built from it too.',
      severity: 'error',
      from: { path: wiring },
      to: { path: `${vscode}|^src/(extension|cli)|^webview/` },
    },
    mayOnlySee(
      'webview',
      '^webview/',
      protocol,
      installed('lit', '@lit/.*', 'd3-.*', 'zod', '@vscode/webview-ui-toolkit'),
    ),
    {
      name: 'toolkit-behind-one-file',
      comment: 'The toolkit is archived: one file is where its successor would go.',
      severity: 'error',
      from: { pathNot: toolkit },
      to: { path: installed('@vscode/webview-ui-toolkit') },
    },
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one file, or share a noun that belongs to model.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that sees nobody and that nobody sees is no part of the product.',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere would escape every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: vscode },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
