// Formatting and lint rules (Biome), types (tsc, for Node and for the webviews), and the floors of the house
// (dependency-cruiser). All of them run, whatever fails, and side by side: each uses little more than one core.
//   node scripts/lint.mjs
import { bin, files, run } from './lib.mjs';

const checks = {
  biome: [bin('biome'), ['check', '--error-on-warnings']],
  types: [bin('tsc'), ['--noEmit', '-p', '.']],
  floors: [bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src']],
};
if (files('src/extension', (file) => /\/webview\/.*\.ts$/.test(file)).length > 0) {
  checks['webview types'] = [bin('tsc'), ['--noEmit', '-p', 'tsconfig.webview.json']];
}

const results = await Promise.all(
  Object.entries(checks).map(async ([name, [command, args]]) => {
    const { code, output } = await run(command, args, { quiet: true });
    return { name, passed: code === 0, output: output.trim() };
  }),
);
const failed = results.filter(({ passed }) => !passed);
for (const { name, output } of failed) console.log(`${name}:\n${output}\n`);
console.log(results.map(({ name, passed }) => `${passed ? 'ok' : 'FAILED'} ${name}`).join(', '));
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
