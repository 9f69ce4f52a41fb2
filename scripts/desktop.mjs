// Finds or fetches a desktop VS Code.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { root } from './lib.mjs';

const home = os.homedir();
const wellKnown = {
  linux: [
    '/usr/share/code/code',
    '/usr/lib/code/code',
    '/opt/visual-studio-code/code',
    '/snap/code/current/usr/share/code/code',
  ],
  darwin: ['', home].flatMap((top) =>
    ['Code', 'Electron'].map((name) => `${top}/Applications/Visual Studio Code.app/Contents/MacOS/${name}`),
  ),
  win32: [
    process.env.LOCALAPPDATA && path.join(process.env.LOCALAPPDATA, 'Programs'),
    process.env.ProgramFiles,
  ].flatMap((top) => (top ? [path.join(top, 'Microsoft VS Code', 'Code.exe')] : [])),
};

/** Whether a window could be opened at all. */
export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** The executable behind a `code` on the PATH, which is a script beside or below the real program. */
function onPath() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const script = path.join(folder, process.platform === 'win32' ? 'code.cmd' : 'code');
    if (!fs.existsSync(script)) continue;
    const real = fs.realpathSync(script); // .../code/bin/code on Linux, .../app/bin/code on macOS
    const top = path.dirname(path.dirname(real));
    const places = [path.join(top, 'code'), path.join(top, 'Code.exe'), path.join(top, '../../MacOS/Code')];
    const found = [...places, path.join(top, '../../MacOS/Electron')].find((file) => fs.existsSync(file));
    if (found) return found;
  }
  return undefined;
}

/** Whether a VS Code is as new as package.json asks for; one whose version cannot be read is taken at its word. */
function newEnough(executable) {
  const { engines } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const numbers = (text) => text.replace(/^\D*/, '').split('.').map(Number);
  const wanted = numbers(engines.vscode);
  for (const place of ['resources/app/package.json', '../Resources/app/package.json']) {
    const file = path.join(path.dirname(executable), place);
    if (!fs.existsSync(file)) continue;
    const found = numbers(JSON.parse(fs.readFileSync(file, 'utf8')).version);
    for (let i = 0; i < 3; i++) if (found[i] !== wanted[i]) return found[i] > wanted[i];
  }
  return true;
}

/** A desktop VS Code on this machine: VSCODE_PATH, else one in a usual place that is new enough; or nothing. */
export function findDesktop() {
  if (process.env.VSCODE_PATH) return process.env.VSCODE_PATH;
  const candidates = [onPath(), ...(wellKnown[process.platform] ?? [])];
  return candidates.find((file) => file && fs.existsSync(file) && newEnough(file));
}

/** Downloads VS Code into .vscode-test, or gives nothing when the download does not begin within a few seconds. */
export async function downloadDesktop(patience = 8000) {
  let begun = () => {};
  const slow = new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patience);
    begun = () => clearTimeout(timer);
  });
  const reporter = {
    report: ({ stage }) => {
      if (/download|found/i.test(stage)) begun();
    },
    error: () => {},
  };
  const version = process.env.VSCODE_VERSION ?? 'stable';
  const cachePath = path.join(root, '.vscode-test');
  const download = downloadAndUnzipVSCode({ version, cachePath, reporter }).catch(() => undefined);
  return Promise.race([download, slow]);
}
