// Opens the editor with the extension and the demo workspace, a copy of examples/talk; Ctrl-C ends it.
//   npm start [-- --no-open] [-- --port N] [-- --fresh]
// A desktop VS Code is used when there is one, or when one can be downloaded at once. Without one, or with --no-open,
// the workbench is served at a loopback address, to be opened in a browser. --port (or PORT) chooses that address.
// Settings, clusters and the demo workspace are kept in .vscode-test/start; --fresh begins anew.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { hostSupported, installHost, installVsix, startServer } from '../test/host/host.mjs';
import { downloadDesktop, findDesktop, hasDisplay } from './desktop.mjs';
import { node, root } from './lib.mjs';

const { values: options } = parseArgs({
  options: {
    'no-open': { type: 'boolean', default: Boolean(process.env.NO_OPEN) },
    port: { type: 'string', default: process.env.PORT ?? '8912' },
    fresh: { type: 'boolean', default: false },
  },
});
const stateDir = path.join(root, '.vscode-test/start');
const workspace = path.join(stateDir, 'talk');

function die(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Resolves at the first Ctrl-C or request to end. */
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(signal));
});

async function build(script, what) {
  const { code } = await node([script]);
  if (code !== 0) die(`${what} failed.`);
}

async function openDesktop(executable) {
  await build('build.mjs', 'The build');
  const args = [`--extensionDevelopmentPath=${root}`, `--user-data-dir=${path.join(stateDir, 'desktop')}`];
  args.push(`--extensions-dir=${path.join(stateDir, 'desktop-extensions')}`, '--disable-workspace-trust');
  args.push('--skip-welcome', '--skip-release-notes', '--new-window', workspace);
  if (process.getuid?.() === 0) args.push('--no-sandbox'); // Chromium's sandbox refuses to run as root
  const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  console.log(`\nVS Code opens with Swarmscope and ${path.relative(root, workspace)}. Ctrl-C closes it.`);
  await Promise.race([ended, interrupted]);
  child.kill('SIGTERM');
}

async function serve() {
  if (!hostSupported) {
    die(
      'No desktop VS Code was found. Please install one, or name it in VSCODE_PATH (the server build needs Linux x64).',
    );
  }
  installHost({ withoutCompiler: true });
  await build('scripts/package.mjs', 'Packaging the extension');
  const extensionsDir = path.join(stateDir, 'extensions');
  await installVsix({ vsix: path.join(root, 'out/swarmscope.vsix'), dataDir: stateDir, extensionsDir });
  const tmpDir = fs.mkdtempSync(path.join(os.tmpdir(), 'swarmscope-')); // short, since sockets are made in it
  const server = await startServer({
    dataDir: stateDir,
    extensionsDir,
    tmpDir,
    keepSettings: true,
    port: Number(options.port),
    // The server has a home of its own; the person's Docker contexts stay within reach all the same.
    env: { DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? path.join(os.homedir(), '.docker') },
    settings: { 'security.workspace.trust.enabled': false },
  });
  console.log(`\nSwarmscope is ready. Open this address in a browser; Ctrl-C ends it.\n\n  ${server.url(workspace)}\n`);
  const why = await Promise.race([server.exited.then(() => 'exited'), interrupted]);
  await server.stop();
  fs.rmSync(tmpDir, { recursive: true, force: true });
  if (why === 'exited') die(`The server ended by itself; its log is ${path.relative(root, server.logFile)}.`);
}

if (options.fresh) fs.rmSync(stateDir, { recursive: true, force: true });
if (!fs.existsSync(workspace)) fs.cpSync(path.join(root, 'examples/talk'), workspace, { recursive: true });
let desktop;
if (!options['no-open'] && hasDisplay()) desktop = findDesktop() ?? (await downloadDesktop());
if (desktop) await openDesktop(desktop);
else await serve();
process.exit(0);
