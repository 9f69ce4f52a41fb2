// Small things that several scripts share.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

/** The path of a program that npm installed. */
export const bin = (name) => path.join(root, 'node_modules/.bin', name);

/** Every file under a folder of the project whose path satisfies `accept`, sorted; paths are relative to the project. */
export function files(folder, accept = () => true) {
  const top = path.join(root, folder);
  if (!fs.existsSync(top)) return [];
  return fs
    .readdirSync(top, { recursive: true })
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter((file) => accept(file))
    .sort();
}

/**
 * Runs a program in the project's folder, with its output shown as it comes.
 * Gives its exit code (128 + n when a signal ended it) and, with `capture`, what it printed on standard output.
 */
export function run(command, args = [], { env = {}, capture = false, quiet = false, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', capture || quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      signal,
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (capture && !quiet) process.stdout.write(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, name) => resolve({ code: code ?? 128 + (name ? 1 : 0), output }));
  });
}

export const node = (args, options) => run(process.execPath, args, options);

/** The last `N passed, M failed` in a program's output, or nothing. */
export function counts(output) {
  const found = [...output.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  return found ? { passed: Number(found[1]), failed: Number(found[2]) } : undefined;
}
