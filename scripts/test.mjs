// Runs the tests, part after part, and ends in one line `N passed, N failed`.
//   node scripts/test.mjs                      all parts
//   node scripts/test.mjs PART [FILTER...]     one part, with what it needs; the filter goes to its runner
// A part that fails does not keep the next ones from running. A part that has test files but runs none of their tests
// has failed; a part that has no test file is left out, with a word about it.
import fs from 'node:fs';
import path from 'node:path';
import { counts, files, node, root } from './lib.mjs';
import { missingPackages } from './needs.mjs';

const filters = process.argv.slice(3);
const only = process.argv[2];

/** One result for a step that has no tests of its own, such as a build. */
const asTest = ({ code }) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** The counts that a program printed at its end, which must agree with its exit code. */
function asCounted({ code, output }) {
  const found = counts(output) ?? { passed: 0, failed: 0 };
  if (code !== 0 && found.failed === 0) found.failed = 1; // broke off
  return found;
}

const counted = async (args) => asCounted(await node(args, { capture: true }));
const build = async () => asTest(await node(['build.mjs']));

async function unit() {
  const report = path.join(root, 'out/unit.json');
  fs.rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await node(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters]);
  if (!fs.existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(fs.readFileSync(report, 'utf8'));
  // A file that could not even be loaded has failed without a test in it that did.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = numFailedTests + broken.length;
  return { passed: numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function conformance() {
  const total = { passed: 0, failed: 0 };
  for (const file of conformanceFiles()) {
    if (filters.length > 0 && !filters.some((filter) => file.includes(filter))) continue;
    console.log(`\n${file}`);
    const result = await counted([file]);
    if (result.passed + result.failed === 0) {
      console.log(`${file} ran no test`);
      result.failed = 1;
    }
    total.passed += result.passed;
    total.failed += result.failed;
  }
  return total;
}

/** Programs in test/conformance that end in `N passed, N failed`; `lib*.mjs` is what they share. */
const conformanceFiles = () => files('test/conformance', (file) => /^test\/conformance\/(?!lib)[^/]+\.mjs$/.test(file));
const hasExtension = () => fs.existsSync(path.join(root, 'src/extension/extension.ts'));
const hasHostTests = () => hasExtension() && files('test/host', (file) => file.endsWith('.test.ts')).length > 0;
const hasWalks = () => hasExtension() && files('test/ui', (file) => file.endsWith('.walk.mjs')).length > 0;

// In the order in which they run. `needs`: parts to run first when this one is asked for alone. `machine`: needs
// Chromium and the extension host.
const parts = {
  lint: { run: () => counted(['scripts/lint.mjs']) },
  unit: { run: unit, exists: () => files('src', (file) => file.endsWith('.test.ts')).length > 0 },
  build: { run: build },
  conformance: { run: conformance, exists: () => conformanceFiles().length > 0, needs: ['build'] },
  host: { run: () => counted(['test/runTest.mjs', ...filters]), exists: hasHostTests, needs: ['build'], machine: true },
  package: { run: async () => asTest(await node(['scripts/package.mjs'])), exists: hasExtension },
  ui: { run: () => counted(['test/ui/run.mjs', ...filters]), exists: hasWalks, needs: ['package'], machine: true },
};
if (only && !parts[only]) {
  console.error(`There is no part ${only}; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const chosen = only ? [...(parts[only].needs ?? []), only] : Object.keys(parts);
const missing = chosen.some((name) => parts[name].machine && parts[name].exists()) ? missingPackages() : undefined;
const results = [];
for (const name of chosen) {
  const { run: runPart, exists, machine } = parts[name];
  if (exists && !exists()) {
    console.log(`\n== ${name}: nothing to run`);
    continue;
  }
  console.log(`\n== ${name}`);
  const began = Date.now();
  let result;
  if (machine && missing) {
    console.log(missing);
    result = { passed: 0, failed: 1 };
  } else {
    result = await runPart().catch((error) => {
      console.error(error);
      return { passed: 0, failed: 1 };
    });
  }
  if (result.passed + result.failed === 0) {
    console.log(`${name} ran no test`);
    result.failed = 1;
  }
  results.push({ name, ...result, seconds: (Date.now() - began) / 1000 });
}

console.log('');
for (const { name, passed, failed, seconds } of results) {
  const took = `${seconds.toFixed(0)} s`;
  console.log(
    `${name.padEnd(12)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${took.padStart(6)}`,
  );
}
if (missing) console.log(missing);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0);
