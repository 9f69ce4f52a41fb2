// Runs the extension tests inside a VS Code extension host. Expects `npm run build` to have been run.
//   node test/runTest.mjs [PART OF A TEST'S NAME]
// In a desktop VS Code where a window can open and one is found or can be downloaded at once; else, on Linux x64, in the
// offline host of test/host. VSCODE_PATH names the desktop VS Code to use, VSCODE_DOWNLOAD=1 insists on a downloaded one,
// VSCODE_OFFLINE=1 on the offline host.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { downloadDesktop, findDesktop, hasDisplay } from '../scripts/desktop.mjs';
import { hostSupported, installHost, repo } from './host/host.mjs';

/** The executable to run, or nothing for one that @vscode/test-electron downloads. */
async function executable() {
  if (process.env.VSCODE_PATH) return process.env.VSCODE_PATH;
  if (process.env.VSCODE_DOWNLOAD) return undefined;
  if (!process.env.VSCODE_OFFLINE && hasDisplay()) {
    const desktop = findDesktop() ?? (await downloadDesktop());
    if (desktop || !hostSupported) return desktop;
  }
  installHost();
  return path.join(repo, 'test/host/code-offline.mjs');
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'swarmscope-host-'));
const folder = path.join(scratch, 'talk');
const resultFile = path.join(scratch, 'result.json');
fs.cpSync(path.join(repo, 'examples/talk'), folder, { recursive: true }); // tests may write into the workspace
let broken = false;
try {
  await runTests({
    vscodeExecutablePath: await executable(),
    version: process.env.VSCODE_VERSION, // only for the download
    extensionDevelopmentPath: repo,
    extensionTestsPath: path.join(repo, 'out/host'),
    launchArgs: [folder],
    extensionTestsEnv: { TEST_RESULT_FILE: resultFile, TEST_GREP: process.argv[2] ?? '' },
  });
} catch (error) {
  broken = true;
  console.error(String(error));
}
const result = fs.existsSync(resultFile) ? JSON.parse(fs.readFileSync(resultFile, 'utf8')) : { passed: 0, failed: 1 };
if (result.error) console.error(result.error);
// A host that ends badly after its tests passed is a failure too.
if (broken && result.failed === 0) result.failed = 1;
fs.rmSync(scratch, { recursive: true, force: true });
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
