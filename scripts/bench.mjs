// Runs the benchmarks: every bench/*.bench.ts, or those whose file name contains one of the names.
//   npm run bench [-- NAME...] [-- --json FILE]
// A benchmark file exports a default function, or `benchmarks`, a list of functions; each gives a result or a list of
// results {name, value, unit, anchor?, anchorValue?, ratio?}: `anchor` says what the value is compared with, and a ratio
// is the value divided by the anchor's. The JSON file gets the array of all results.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { files, root } from './lib.mjs';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const found = files('bench', (file) => file.endsWith('.bench.ts')).filter(
  (file) => names.length === 0 || names.some((name) => path.basename(file).includes(name)),
);
if (found.length === 0) {
  console.error(names.length > 0 ? `There is no benchmark called ${names.join(' or ')}.` : 'There are no benchmarks.');
  process.exit(1);
}
const outdir = path.join(root, 'out/bench');
fs.rmSync(outdir, { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: found,
  outdir,
  outbase: 'bench',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const round = (number) => (number === undefined ? '' : String(Number(number.toPrecision(4))));

/** The result as it is written out: with its ratio where there is something to compare with. */
function complete(result, file) {
  const { name, value, unit, anchorValue } = result;
  if (typeof name !== 'string' || !Number.isFinite(value) || typeof unit !== 'string') {
    throw new Error(`${file} gave a result without name, value or unit: ${JSON.stringify(result)}`);
  }
  return { ...result, ...(result.ratio === undefined && anchorValue ? { ratio: value / anchorValue } : {}) };
}

const results = [];
let failed = 0;
for (const file of found) {
  try {
    const bundle = path.join(outdir, path.basename(file).replace(/\.ts$/, '.cjs'));
    const { default: exported } = await import(pathToFileURL(bundle));
    for (const benchmark of exported.benchmarks ?? [exported.default]) {
      for (const result of [await benchmark()].flat()) {
        const row = complete(result, file);
        results.push(row);
        const against = row.anchor ? ` (${row.anchor}: ${round(row.anchorValue)}, ratio ${round(row.ratio)})` : '';
        console.log(`${row.name.padEnd(50)} ${round(row.value).padStart(10)} ${row.unit}${against}`);
      }
    }
  } catch (error) {
    failed++;
    console.error(`${file} failed:`, error);
  }
}
if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(failed > 0 ? 1 : 0);
