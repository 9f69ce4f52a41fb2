import type { EngineRequest } from '../http';

/**
 * A client's side of a request as the simulation sees it: fed by the journal's keeper, in a living cluster from the
 * socket and in a replay from the journal.
 */
export class ClientLine {
  readonly #abort = new AbortController();
  readonly #data: ((chunk: Uint8Array) => void)[] = [];
  readonly #end: (() => void)[] = [];
  readonly #held: Uint8Array[] = [];
  #ended = false;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  readonly input: NonNullable<EngineRequest['input']> = {
    onData: (listener) => {
      this.#data.push(listener);
      for (const chunk of this.#held.splice(0)) listener(chunk);
    },
    onEnd: (listener) => {
      if (this.#ended) listener();
      else this.#end.push(listener);
    },
  };

  data(chunk: Uint8Array): void {
    if (this.#data.length === 0) this.#held.push(chunk);
    for (const listener of this.#data) listener(chunk);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#end.splice(0)) listener();
  }

  gone(): void {
    this.#abort.abort();
  }
}
