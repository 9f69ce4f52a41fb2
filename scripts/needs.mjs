// What the tests need from the machine besides Node and npm.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findChromium, hostSupported } from '../test/host/host.mjs';
import { root } from './lib.mjs';

const works = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** Whether the offline host is there with its native modules, so that no compiler is needed any more. */
const hostInstalled = () => {
  if (process.env.VSCODE_HOST_DIR) return true;
  const folder = path.join(root, '.vscode-test/host');
  return fs.existsSync(folder) && fs.readdirSync(folder).some((name) => name.startsWith('.ok-'));
};

/** One sentence that says which Debian packages are missing for the extension host and the browser; or nothing. */
export function missingPackages() {
  if (!hostSupported) return undefined;
  const packages = [];
  if (!findChromium()) packages.push('chromium', 'fonts-noto-cjk');
  if (!hostInstalled()) packages.push(...['g++', 'make', 'python3'].filter((command) => !works(command)));
  if (packages.length === 0) return undefined;
  return `Please install the Debian packages that are missing: apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}
