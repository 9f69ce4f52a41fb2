// Starts the VS Code server and a Chromium on it; used by `npm start`, the test launcher and the browser walks.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export const repo = path.resolve(import.meta.dirname, '../..');
const hostDir = process.env.VSCODE_HOST_DIR ?? path.join(repo, '.vscode-test/host');
const node24 = path.join(hostDir, 'node/bin/node');
const serverMain = path.join(hostDir, 'vscode/out/server-main.js');

/** Settings under which the workbench shows nothing but what the test or the person asked for. */
export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.editor.empty.hint': 'hidden',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'chat.disableAIFeatures': true,
  'chat.agentHost.enabled': false,
  'chat.commandCenter.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'files.autoSave': 'off',
  'files.simpleDialog.enable': true,
  'window.dialogStyle': 'custom',
  'editor.wordBasedSuggestions': 'off',
  'editor.snippetSuggestions': 'top',
  'terminal.integrated.gpuAcceleration': 'off',
};

/** Whether this machine can run the server build of VS Code at all. */
export const hostSupported = process.platform === 'linux' && process.arch === 'x64';

/**
 * Installs the server build if it is not there yet; throws when that fails. `withoutCompiler`: be content with a host
 * that writes no log files when the compilers for that part are missing.
 */
export function installHost({ withoutCompiler = false } = {}) {
  if (process.env.VSCODE_HOST_DIR) return; // someone else's, as it is
  const args = [path.join(repo, 'test/host/install.sh'), ...(withoutCompiler ? ['--without-compiler'] : [])];
  const { status } = spawnSync('bash', args, { stdio: 'inherit' });
  if (status !== 0) throw new Error('The VS Code host could not be installed (test/host/install.sh failed).');
}

/** Makes Ctrl-C and a request to end take the servers of this process along. */
export function exitOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives `port` if nothing listens on it, else (or for 0) a free port. */
function freePort(port = 0) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => (port === 0 ? reject(error) : freePort().then(resolve, reject)));
    probe.listen(port, '127.0.0.1', () => {
      const found = probe.address().port;
      probe.close(() => resolve(found));
    });
  });
}

/**
 * Starts a server on a loopback port.
 * - dataDir: where everything of this run is kept; a short path, because unix sockets end up below it
 * - extensionsDir: the installed extensions
 * - settings: user settings on top of the quiet ones; with `keepSettings` an existing settings file is left alone
 * - driver: accept a development extension in the URL's payload; turns notification toasts off
 * - locale: language that extensions see, e.g. `zh-cn`; the workbench itself stays English
 * - port: the port to prefer, tmpDir: the server's TMPDIR, env: more environment variables
 */
export async function startServer(options) {
  const { dataDir, extensionsDir, settings = {}, keepSettings = false, driver = false, locale, env = {} } = options;
  const settingsFile = path.join(dataDir, 'data/User/settings.json');
  fs.mkdirSync(path.dirname(settingsFile), { recursive: true });
  if (!(keepSettings && fs.existsSync(settingsFile))) {
    fs.writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  }
  // A home of its own, since the server runs a login shell to learn the environment and a slow one blocks terminals,
  // and a TMPDIR of its own, since the server leaves sockets there.
  const home = path.join(dataDir, 'home');
  const tmp = options.tmpDir ?? path.join(dataDir, 'tmp');
  for (const folder of [home, tmp]) fs.mkdirSync(folder, { recursive: true });
  const port = await freePort(options.port);
  const args = [serverMain, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
  args.push('--accept-server-license-terms', '--server-data-dir', dataDir, '--telemetry-level', 'off');
  args.push('--disable-experiments', '--disable-workspace-trust', '--disable-getting-started-override');
  if (extensionsDir) args.push('--extensions-dir', extensionsDir);
  if (driver) args.push('--enable-smoke-test-driver');
  const packs = path.join(dataDir, 'data/languagepacks.json');
  fs.rmSync(packs, { force: true });
  if (locale) {
    // An empty language pack: the workbench stays English, extensions get their own translations.
    const empty = path.join(dataDir, 'empty.i18n.json');
    fs.writeFileSync(empty, JSON.stringify({ version: '1.0.0', contents: {} }));
    const extensions = [{ extensionIdentifier: { id: 'stub.stub' }, version: '0.0.1' }];
    const pack = { hash: 'stub', label: locale, extensions, translations: { vscode: empty } };
    fs.writeFileSync(packs, JSON.stringify({ [locale]: pack }));
    args.push('--locale', locale);
  }
  const gallery = { serviceUrl: '', itemUrl: '', resourceUrlTemplate: '', controlUrl: '', nlsBaseUrl: '' };
  const logFile = path.join(dataDir, 'server.log');
  const log = fs.openSync(logFile, 'w');
  const child = spawn(node24, args, {
    stdio: ['ignore', log, log],
    detached: true, // so that one signal to its group also ends the extension host and the terminals
    env: {
      ...process.env,
      HOME: home,
      TMPDIR: tmp,
      SHELL: '/bin/bash',
      EXTENSIONS_GALLERY: JSON.stringify(gallery),
      ...env,
    },
  });
  fs.closeSync(log);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const signalGroup = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // already gone
    }
  };
  // The group outlives a launcher that ends early; see also exitOnSignals.
  const onExit = () => signalGroup('SIGKILL');
  process.once('exit', onExit);
  /** Ends the server with its extension host and terminals; `hard` leaves them no time to save anything. */
  const stop = async ({ hard = false } = {}) => {
    if (!hard) {
      signalGroup('SIGTERM');
      await Promise.race([exited, sleep(5000)]);
    }
    signalGroup('SIGKILL');
    await exited;
    process.off('exit', onExit);
  };
  const authority = `127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    const ready = await fetch(`http://${authority}/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) break;
    if (child.exitCode !== null || i > 300) {
      await stop();
      throw new Error(`The VS Code server did not start:\n${fs.readFileSync(logFile, 'utf8').slice(-2000)}`);
    }
    await sleep(100);
  }
  /** The URI under which the workbench knows a path of this machine. */
  const remote = (file) => `vscode-remote://${authority}${path.resolve(file)}`;
  /** The address that opens a folder; `payload` is a list of pairs, see `extensionDevelopmentPath` in code-offline.mjs. */
  const url = (folder, payload = []) => {
    const pairs = JSON.stringify([['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...payload]);
    return `http://${authority}/?folder=${encodeURIComponent(path.resolve(folder))}&payload=${encodeURIComponent(pairs)}`;
  };
  return { authority, pid: child.pid, logFile, remote, url, stop, exited };
}

const chromiums = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell', '/usr/bin/chromium-browser'];

/** The Chromium to use, or nothing. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  return [...chromiums, '/usr/bin/google-chrome'].find((file) => fs.existsSync(file));
}

/** Starts a Chromium with a profile of its own. */
export async function startBrowser({ profileDir, headless = true, viewport = { width: 1280, height: 800 } }) {
  const { chromium } = await import('playwright-core');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync');
  const executablePath = findChromium();
  const ctx = await chromium.launchPersistentContext(profileDir, { executablePath, headless, viewport, args });
  ctx.setDefaultTimeout(Number(process.env.UI_TIMEOUT_MS ?? 120_000)); // a busy two-core machine can take that long
  return { ctx, page: ctx.pages()[0] ?? (await ctx.newPage()) };
}

/** Installs a .vsix into extensionsDir, over the same version if it is there. */
export async function installVsix({ vsix, dataDir, extensionsDir }) {
  const where = ['--server-data-dir', dataDir, '--extensions-dir', extensionsDir];
  const args = [serverMain, ...where, '--install-extension', path.resolve(vsix), '--force'];
  const child = spawn(node24, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`Installing ${path.basename(vsix)} failed:\n${output}`);
}
