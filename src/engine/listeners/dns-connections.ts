import type net from 'node:net';
import type { Questions } from '../dns/questions';

/** How long the first question of a connection is waited for, and each one after it: as recorded. */
const firstWait = 2_000;
const idleWait = 8_000;
/** Questions of one connection; then it is closed. */
const mostQuestions = 128;
/** Connections at once; more are turned away. */
const mostConnections = 256;

/** DNS by TCP (RFC 1035, 4.2.2): each message has its length before it; one after the other is answered. */
export class DnsConnections {
  readonly #questions: Questions;
  readonly #sockets = new Set<net.Socket>();

  constructor(questions: Questions) {
    this.#questions = questions;
  }

  add(socket: net.Socket): void {
    if (this.#sockets.size >= mostConnections) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const gone = () => {
      this.#sockets.delete(socket);
      socket.destroy();
    };
    socket.on('close', gone);
    socket.on('error', gone);
    socket.setNoDelay(true);
    void this.#serve(socket).catch(gone);
  }

  /** Ends all connections. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(socket: net.Socket): Promise<void> {
    const reader = new Reader(socket);
    for (let count = 0; count < mostQuestions; count++) {
      const message = await reader.next(count === 0 ? firstWait : idleWait);
      if (!message) break;
      const reply = await new Promise<Uint8Array | undefined>((resolve) => {
        this.#questions.ask(message, 'tcp', resolve);
      });
      if (socket.destroyed) return;
      if (!reply) continue;
      const size = Buffer.from([reply.length >> 8, reply.length & 0xff]);
      // A client that does not read is waited for, not written to.
      if (!socket.write(Buffer.concat([size, reply]))) await drained(socket);
    }
    socket.end();
  }
}

function drained(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => resolve());
  });
}

/** Takes messages out of a connection, and no more from the client than the next one needs. */
class Reader {
  readonly #socket: net.Socket;
  #have = Buffer.alloc(0);

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.pause();
  }

  /** The next message; undefined when none comes in time, or the client is done. */
  async next(milliseconds: number): Promise<Uint8Array | undefined> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      if (this.#have.length >= 2) {
        const end = 2 + this.#have.readUInt16BE(0);
        if (this.#have.length >= end) {
          const message = Uint8Array.from(this.#have.subarray(2, end));
          this.#have = this.#have.subarray(end);
          return message;
        }
      }
      const chunk = await this.#chunk(deadline - performance.now());
      if (!chunk) return undefined;
      this.#have = Buffer.concat([this.#have, chunk]);
    }
  }

  #chunk(milliseconds: number): Promise<Buffer | undefined> {
    const socket = this.#socket;
    if (socket.destroyed || socket.readableEnded || milliseconds <= 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (chunk: Buffer | undefined) => {
        clearTimeout(timer);
        socket.pause();
        socket.off('data', onData);
        socket.off('end', onEnd);
        socket.off('close', onEnd);
        resolve(chunk);
      };
      const onData = (chunk: Buffer) => done(chunk);
      const onEnd = () => done(undefined);
      const timer = setTimeout(onEnd, milliseconds);
      socket.on('data', onData);
      socket.on('end', onEnd);
      socket.on('close', onEnd);
      socket.resume();
    });
  }
}
