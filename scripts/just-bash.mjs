// Bundles the shell library (just-bash) for the simulation. Its asynchronous functions become generators over a promise
// that it is handed, and time, timers and chance are parameters too: so the core drives it by itself, without Node and
// without races, and it is a file of its own that is loaded when the first script runs.
import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** Where tests and bundles made without build.mjs find it. */
export const cached = path.join(root, 'node_modules/.cache/swarmscope/just-bash.cjs');

/** Names that the library's code sees instead of the machine's, in the order of `World` in src/daemon/programs/library. */
const world = ['Promise', 'setTimeout', 'clearTimeout', 'Date', 'Math', 'performance', 'globalThis'];

/** Node's modules and optional packages are not there: what needs them is not used. */
const absent = {
  name: 'absent',
  setup(build) {
    build.onResolve(
      { filter: /^(node:.*|undici|@mongodb-js\/zstd|node-liblzma|sql\.js|quickjs-emscripten)$/ },
      (one) => ({
        path: one.path,
        namespace: 'absent',
      }),
    );
    build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Text of a CommonJS module that exports the factory. */
export const justBashSource = async () => (await justBash()).source;

/** That text, and the bundler's account of what is in it. */
export async function justBash() {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: "export { Bash } from 'just-bash/browser';", resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'browser',
    target: 'es2022',
    supported: { 'async-await': false, 'async-generator': false, 'for-await': false },
    minify: true,
    legalComments: 'eof',
    logLevel: 'warning',
    plugins: [absent],
  });
  const parameters = world.join(', ');
  const source =
    `module.exports = function (${parameters}) {\n` +
    'var setInterval = setTimeout, clearInterval = clearTimeout, process = undefined, module = { exports: {} };\n' +
    `${outputFiles[0].text}\nreturn module.exports;\n};\n`;
  return { source, metafile };
}

/** Makes the cached bundle unless it is there already for this version of the library. */
export async function makeCached() {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/just-bash/package.json'), 'utf8'));
  const stamp = `// just-bash ${version}, made by ${fs.statSync(import.meta.filename).size}\n`;
  if (fs.existsSync(cached) && fs.readFileSync(cached, 'utf8').startsWith(stamp)) return;
  fs.mkdirSync(path.dirname(cached), { recursive: true });
  const own = `${cached}.${process.pid}`;
  fs.writeFileSync(own, stamp + (await justBashSource()));
  fs.renameSync(own, cached);
}

/** For Vitest, before all tests. */
export default makeCached;

if (process.argv[1] === import.meta.filename) await makeCached();
