#!/usr/bin/env node
// Stands in for the `code` executable: takes the options that @vscode/test-electron passes, runs the
// extension tests in the offline host, and exits 0 only if at least one test passed and none failed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { exitOnSignals, startBrowser, startServer } from './host.mjs';

exitOnSignals();
const opt = { dev: [] };
for (const arg of process.argv.slice(2)) {
  const [, key, value] = /^--([\w-]+)(?:=(.*))?$/.exec(arg) ?? [];
  if (key === 'extensionDevelopmentPath') opt.dev.push(value);
  else if (key === 'extensionTestsPath') opt.tests = value;
  else if (key === 'extensions-dir') opt.extensionsDir = value;
  else if (!key) opt.folder = arg;
}
const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'code-offline-'));
// The test entry writes this file. The exit code alone is 0 even when the extension host was killed.
const resultFile = process.env.TEST_RESULT_FILE ?? path.join(dataDir, 'result.json');
const hostLog = path.join(dataDir, 'host.log');
const limit = Number(process.env.TEST_LIMIT_MS ?? 600_000);
let code = 1;
let server;
let browser;
try {
  fs.writeFileSync(hostLog, '');
  server = await startServer({
    dataDir,
    extensionsDir: path.join(dataDir, 'extensions'),
    driver: true,
    env: { TEST_RESULT_FILE: resultFile },
  });
  browser = await startBrowser({ profileDir: path.join(dataDir, 'chromium') });
  const { page } = browser;
  await page.exposeFunction('codeAutomationLog', (_type, args) => {
    const text = format(...args); // arguments come as for console.log, with %s and %d
    fs.appendFileSync(hostLog, `${text}\n`);
    // Mocha indents what it prints; the workbench's own lines are not indented.
    if (process.env.HOST_LOG || /^ {2}|^\t/.test(text)) console.log(text);
  });
  const exit = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
  const payload = opt.dev.map((folder) => ['extensionDevelopmentPath', server.remote(folder)]);
  payload.push(['extensionTestsPath', server.remote(opt.tests)]);
  await page.goto(server.url(opt.folder ?? dataDir, payload), { waitUntil: 'commit' });
  code = await Promise.race([exit, new Promise((done) => setTimeout(() => done(124), limit))]);
  const finished = fs.existsSync(resultFile);
  const result = finished ? JSON.parse(fs.readFileSync(resultFile, 'utf8')) : { passed: 0, failed: 0 };
  if (code === 0 && !(result.passed > 0 && result.failed === 0)) code = 1;
  if (code !== 0) await page.screenshot({ path: path.join(dataDir, 'last.png') }).catch(() => {});
  if (!finished) {
    const lines = fs.readFileSync(hostLog, 'utf8').split('\n').slice(-30).join('\n');
    console.error(`the tests did not finish (exit ${code}); last lines of the host:\n${lines}`);
  }
} catch (error) {
  console.error(error);
  code = 1;
} finally {
  await browser?.ctx.close().catch(() => {});
  await server?.stop();
}
if (code === 0 && !process.env.KEEP_HOST_DATA) fs.rmSync(dataDir, { recursive: true, force: true });
else console.error(`host data and logs: ${dataDir}`);
process.exit(code);
