import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import http from 'node:http';
import { Duplex } from 'node:stream';
import type { ParsedHost } from './endpoint';

/** How much of what ssh complains is kept for the error. */
const complaintLimit = 2_000;

/**
 * Connections over the user's own `ssh` program, as the docker command makes them: it knows their keys, their agent, their
 * configuration, and the hosts they trust. At the other end `docker system dial-stdio` speaks with the engine.
 */
export class SshAgent extends http.Agent {
  readonly #args: readonly string[];
  readonly #program: string;

  constructor(host: Extract<ParsedHost, { kind: 'ssh' }>, program = 'ssh') {
    super({ keepAlive: true, maxSockets: 8 });
    this.#program = program;
    this.#args = [
      // Nobody could answer a question.
      ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30', '-T'],
      ...(host.user === undefined ? [] : ['-l', host.user]),
      ...(host.port === undefined ? [] : ['-p', String(host.port)]),
      ...['--', host.host, 'docker'],
      // The remote shell reads this, so what it could take for more than a path is not sent.
      ...(host.path === undefined ? [] : ['--host', `unix://${host.path.replace(/[^\w./-]/g, '')}`]),
      ...['system', 'dial-stdio'],
    ];
  }

  override createConnection(): Duplex {
    return new ProcessStream(spawn(this.#program, this.#args, { stdio: 'pipe', windowsHide: true }), this.#program);
  }
}

/** Standard input and output of a process as one stream, with what `http.Agent` wants of a socket. */
class ProcessStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(child: ChildProcessWithoutNullStreams, program: string) {
    super({ allowHalfOpen: false });
    this.#child = child;
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-complaintLimit);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stdin.on('error', () => {}); // told by the end of the process
    child.on('error', (error) => this.destroy(new Error(`${program} cannot be run: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0 || this.destroyed) this.push(null);
      else this.destroy(new Error(complaint.trim() || `${program} ended with status ${code}`));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
