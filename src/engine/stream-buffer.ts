import type { StreamSink } from './http';

/**
 * A sink that takes what a handler writes before the client's line is there, and hands it on once it is. So a stream
 * begins at the virtual time of its request, whenever the socket is ready.
 */
export class StreamBuffer implements StreamSink {
  readonly #held: (string | Uint8Array)[] = [];
  readonly #listeners: (() => void)[] = [];
  #target: StreamSink | undefined;
  #ended = false;
  #closed = false;

  write(chunk: string | Uint8Array): void {
    if (this.#ended || this.#closed) return;
    if (this.#target) this.#target.write(chunk);
    else this.#held.push(chunk);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#target?.end();
    this.close();
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#listeners.push(listener);
  }

  /** The client went away, or all was said. Listeners hear it once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** The client's line is there. Its going away is told through `gone`, if given, or directly. */
  connect(target: StreamSink, gone: () => void = () => this.close()): void {
    this.#target = target;
    for (const chunk of this.#held.splice(0)) target.write(chunk);
    if (this.#ended) target.end();
    else target.onClose(gone);
  }
}
