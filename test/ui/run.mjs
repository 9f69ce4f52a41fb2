// Runs the walks through the workbench: every test/ui/*.walk.mjs, each with a server and a browser of its own.
//   node test/ui/run.mjs [PART OF A FILE NAME...]
// A walk exports `options` (see Workbench.open) and a default function that gets the workbench and `step`:
//   export default async function walk(workbench, step) { await step('opens the trees', async () => {...}); }
// Each step counts as a test. When one fails, a picture and the logs are kept in out/shots/<walk>/, and the rest of the
// walk is left out, since steps build on each other.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { exitOnSignals, installHost, repo } from '../host/host.mjs';
import { Workbench } from './workbench.mjs';

const chosen = process.argv.slice(2);
const folder = path.join(repo, 'test/ui');
const walks = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith('.walk.mjs'))
  .filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)))
  .sort();

class StepFailed extends Error {}

let passed = 0;
let failed = 0;

async function runWalk(file) {
  const name = file.replace(/\.walk\.mjs$/, '');
  const began = Date.now();
  console.log(`\n${name}`);
  let workbench;
  let failedHere = 0;
  const step = async (title, body) => {
    const start = Date.now();
    try {
      await body();
    } catch (error) {
      failedHere++;
      console.log(`  FAILED ${title}\n${error.stack ?? error}`);
      await workbench.page.screenshot({ path: path.join(workbench.shotsDir, 'failed.png') }).catch(() => {});
      throw new StepFailed(title);
    }
    passed++;
    console.log(`  ok ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  };
  const before = passed;
  try {
    const { default: walk, options } = await import(pathToFileURL(path.join(folder, file)));
    workbench = await Workbench.open({ name, ...options });
    await walk(workbench, step);
    if (passed === before) throw new Error('the walk took no step');
  } catch (error) {
    if (!(error instanceof StepFailed)) {
      failedHere++;
      console.log(`  FAILED ${name}\n${error.stack ?? error}`);
    }
  } finally {
    await workbench?.close({ keepLogs: failedHere > 0 });
  }
  if (failedHere > 0) console.log(`  pictures and logs: out/shots/${name}`);
  failed += failedHere;
  console.log(`  ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

exitOnSignals();
installHost();
for (const file of walks) await runWalk(file);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
