// Bundles everything that runs outside the tests. Entries that do not exist are skipped, so that each part builds alone.
//   node build.mjs [--production] [--watch] [--quiet]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { justBash } from './scripts/just-bash.mjs';
import { notices } from './scripts/notices.mjs';

const { values: options } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});
const root = import.meta.dirname;
process.chdir(root);

const common = {
  bundle: true,
  sourcemap: !options.production,
  metafile: true,
  logLevel: 'warning',
  minify: options.production,
  keepNames: options.production,
  // What is a constant of the build, so that development-only code disappears from the package.
  define: { 'process.env.NODE_ENV': JSON.stringify(options.production ? 'production' : 'development') },
};
/** The shell library is a file of its own. */
const shellLibrary = ['./just-bash.js', '*/swarmscope/just-bash.cjs'];
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

/** Path of every `webview/main.ts` under src/extension, by the name of the folder that contains `webview`. */
function webviewEntries() {
  if (!fs.existsSync('src/extension')) return {};
  const entries = {};
  for (const file of fs.readdirSync('src/extension', { recursive: true })) {
    const parts = file.split(path.sep);
    if (parts.at(-1) !== 'main.ts' || !parts.includes('webview')) continue;
    // panel/dns/webview/main.ts -> dns; panel/webview/dns/main.ts -> dns; webview/main.ts -> webview
    const folders = parts.slice(0, -1);
    const name = folders.at(-1) === 'webview' ? (folders.at(-2) ?? 'webview') : folders.at(-1);
    if (entries[name]) throw new Error(`two webviews are called ${name}: ${entries[name]} and src/extension/${file}`);
    entries[name] = path.join('src/extension', file);
  }
  return entries;
}

function hostTests() {
  if (!fs.existsSync('test/host')) return [];
  return fs.readdirSync('test/host').flatMap((name) => (name.endsWith('.ts') ? [path.join('test/host', name)] : []));
}

/** The bundles to make; a bundle without entry points is left out. */
function bundles() {
  const all = [
    {
      ...node,
      entryPoints: { extension: 'src/extension/extension.ts' },
      outdir: 'dist',
      external: ['vscode', ...shellLibrary],
      beside: ['real-engine'],
    },
    {
      ...node,
      entryPoints: { 'real-engine': 'src/client/node/real-engine.ts' },
      outdir: 'dist',
      // SSH is done by the user's own ssh program, so that docker-modem's client of it stays out.
      alias: { ssh2: './scripts/no-ssh2.cjs' },
    },
    {
      ...node,
      entryPoints: { swarmscope: 'src/headless/main.ts' },
      outdir: 'dist',
      external: shellLibrary,
      // Node ignores a first line that starts with #!, and a POSIX shell needs it to start the program by name.
      banner: { js: '#!/usr/bin/env node' },
      executable: true,
    },
    {
      ...common,
      entryPoints: webviewEntries(),
      outdir: 'dist/webview',
      platform: 'browser',
      format: 'iife',
      target: 'chrome128',
      tsconfig: 'tsconfig.webview.json',
      loader: { '.svg': 'dataurl', '.ttf': 'dataurl', '.woff2': 'dataurl' },
    },
    {
      ...node,
      minify: false,
      entryPoints: hostTests(),
      outdir: 'out/host',
      external: ['vscode', 'mocha'],
    },
  ];
  return all.flatMap(({ executable, beside = [], ...bundle }) => {
    const entries = Object.entries(bundle.entryPoints).filter(([, file]) => fs.existsSync(file));
    if (entries.length === 0) return [];
    bundle.entryPoints = entries.map(([key, file]) =>
      Array.isArray(bundle.entryPoints) ? { in: file, out: path.basename(file, '.ts') } : { in: file, out: key },
    );
    bundle.plugins = [loadedLater(beside), report(executable)];
    return [bundle];
  });
}

/** Leaves modules to a bundle of their own beside this one, which is loaded when it is first needed. */
function loadedLater(names) {
  return {
    name: 'loaded-later',
    setup(build) {
      for (const name of names) {
        build.onResolve({ filter: new RegExp(`/client/node/${name}$`) }, () => ({
          path: `./${name}.js`,
          external: true,
        }));
      }
    },
  };
}

/** How many bundles are being made; the watch task of the editor waits for the lines that tell of it. */
let running = 0;

/** Prints the size of what was written, and makes programs executable. */
function report(executable) {
  return {
    name: 'report',
    setup(build) {
      build.onStart(() => {
        if (options.watch && running++ === 0) console.log('build started');
      });
      build.onEnd(({ metafile, errors }) => {
        if (errors.length > 0 || !metafile) return;
        for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
          if (file.endsWith('.map')) continue;
          if (executable && file.endsWith('.js')) fs.chmodSync(file, 0o755);
          if (!options.quiet) console.log(`${file.padEnd(40)} ${(bytes / 1024).toFixed(1).padStart(8)} KB`);
        }
      });
      build.onEnd(() => {
        if (options.watch && --running === 0) console.log('build finished');
      });
    },
  };
}

/** Writes the shell library beside the programs, which load it with the first script. Gives the account of its parts. */
async function writeShellLibrary() {
  fs.mkdirSync('dist', { recursive: true });
  const { source, metafile } = await justBash();
  fs.writeFileSync('dist/just-bash.js', source);
  return metafile;
}

const contexts = await Promise.all(bundles().map((bundle) => esbuild.context(bundle)));
if (options.watch) {
  await writeShellLibrary();
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  fs.rmSync('dist', { recursive: true, force: true });
  fs.rmSync('out/host', { recursive: true, force: true });
  const library = await writeShellLibrary();
  const builds = await Promise.allSettled(contexts.map((context) => context.rebuild()));
  if (builds.some(({ status }) => status === 'rejected')) process.exitCode = 1; // esbuild has printed what is wrong
  const made = builds.flatMap(({ value }) => (value ? [value.metafile] : []));
  const shipped = made.filter(({ outputs }) => Object.keys(outputs).every((file) => file.startsWith('dist/')));
  fs.writeFileSync('dist/ThirdPartyNotices.txt', notices([...shipped, library], root));
  await Promise.all(contexts.map((context) => context.dispose()));
  if (contexts.length === 0) console.log('nothing to build yet');
}
