import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** How a program ended. */
export interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A `swarmscope serve` of three nodes, in a process of its own. */
export class Served {
  private constructor(
    /** A folder that goes away with it. */
    readonly folder: string,
    readonly sockets: readonly string[],
    private readonly process: ChildProcess,
  ) {}

  static async start(...options: string[]): Promise<Served> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'served-'));
    const sockets = [1, 2, 3].map((number) => path.join(folder, `swarm-${number}.sock`));
    const program = path.join(folder, 'swarmscope.cjs');
    await build({
      entryPoints: ['src/headless/main.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
    });
    const hosts = sockets.flatMap((socket) => ['--host', `unix://${socket}`]);
    const child = spawn(process.execPath, [program, 'serve', ...hosts, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve, reject) => {
      child.stdout!.once('data', resolve);
      child.once('exit', (status) => reject(new Error(`serve ended with ${status}`)));
    });
    return new Served(folder, sockets, child);
  }

  /** Runs a program or a shell's line with DOCKER_HOST at the first node. */
  run(file: string, args: readonly string[], timeout = 120_000): Promise<Outcome> {
    const env = {
      ...process.env,
      DOCKER_HOST: `unix://${this.sockets[0]}`,
      HOME: this.folder,
      DOCKER_CLI_HINTS: 'false',
    };
    return new Promise((resolve) => {
      execFile(file, args, { env, timeout, maxBuffer: 2 ** 26, cwd: this.folder }, (error, out, err) => {
        resolve({ exit: error ? Number(error.code ?? 1) : 0, out, err });
      });
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
