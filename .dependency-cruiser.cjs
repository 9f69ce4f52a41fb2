// The floors of the house, enforced: a folder imports only from folders on floors below its own (see ARCHITECTURE.md).
// TypeScript 7 has no compiler API for dependency-cruiser to use, so the imports are read with SWC (`parser: 'swc'`),
// which keeps type-only imports: they obey the floors like all others.
// Circles of imports are found by Biome (noImportCycles), which can tell the harmless circles of types apart.

// What each folder may import besides itself. A folder that is not listed here may not exist under src.
const mayImport = {
  api: [],
  sim: ['api'],
  swarm: ['api', 'sim'],
  network: ['api', 'sim'],
  daemon: ['api', 'sim', 'swarm', 'network'],
  engine: ['api', 'sim', 'swarm', 'network', 'daemon'],
  client: ['api', 'sim', 'swarm', 'network', 'daemon', 'engine'],
  stack: ['api', 'sim', 'swarm', 'network', 'daemon', 'engine', 'client'],
  cli: ['api', 'sim', 'swarm', 'network', 'daemon', 'engine', 'client'],
  headless: ['api', 'sim', 'swarm', 'network', 'daemon', 'engine', 'client', 'stack', 'cli'],
  extension: ['api', 'sim', 'swarm', 'network', 'daemon', 'engine', 'client', 'stack', 'cli'],
};
const folders = Object.keys(mayImport);
const TEST = '\\.test\\.ts$|/testbed\\.ts$';
// Where Node's built-ins may be used. Tests may use them everywhere.
const NODE = '^src/(engine/listeners|client|headless|extension)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...folders.map((folder) => ({
      name: `floor-of-${folder}`,
      comment: `src/${folder} may import only from ${mayImport[folder].map((f) => `src/${f}`).join(', ') || 'itself'}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...mayImport[folder]].join('|')})/` },
    })),
    {
      name: 'known-folders',
      comment: 'every source file lives in a folder of the house',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${folders.join('|')})/` },
      to: {},
    },
    {
      name: 'source-stands-alone',
      comment: 'source files do not import tests, test helpers, benchmarks, scripts or build results',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: `${TEST}|^(test|bench|scripts|dist|out|examples)/` },
    },
    {
      name: 'vscode-only-in-extension',
      comment: 'only the extension knows that VS Code exists',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/extension/' },
      to: { path: '^vscode($|/)' },
    },
    {
      name: 'vscode-not-in-webview',
      comment: 'a webview runs in a browser, without the VS Code API',
      severity: 'error',
      from: { path: '^src/extension/.*/?webview/', pathNot: TEST },
      to: { path: '^vscode($|/)' },
    },
    {
      name: 'node-only-at-the-edges',
      comment: 'the core runs without Node: built-ins only in listeners, client, headless and extension',
      severity: 'error',
      from: { path: '^src/', pathNot: [NODE, TEST] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-not-in-webview',
      comment: 'a webview runs in a browser, without Node',
      severity: 'error',
      from: { path: '^src/extension/.*/?webview/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-without-node-packages',
      comment: 'packages that need Node stay out of floors 1 to 3',
      severity: 'error',
      from: { path: '^src/(api|sim|swarm|network|daemon)/', pathNot: TEST },
      to: { path: 'node_modules/(dns-packet|@types/node|@leichtgewicht/ip-codec)/' },
    },
    {
      name: 'only-declared-packages',
      comment: 'what is shipped imports only packages that are dependencies in package.json',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: {
        dependencyTypes: ['npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown', 'npm-peer'],
        pathNot: '^vscode$|node_modules/@types/',
      },
    },
    {
      name: 'resolvable',
      comment: 'an import must lead somewhere; the bundle of the shell library is made by build.mjs',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$|/just-bash\\.c?js$' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
    progress: { type: 'none' },
  },
};
