import type { Cluster } from './cluster';
import type { Door } from './door';
import { engineFor } from './engine-for';
import type { EngineRequest, EngineResponse } from './http';
import { EngineError } from './http';
import { ClientLine } from './journal/line';
import { StreamBuffer } from './stream-buffer';

/** A request that may change something, while its client can still be heard. */
export interface OpenRequest {
  readonly number: number;
  readonly line: ClientLine;
  /** The answer, once there is one. */
  readonly response: Promise<EngineResponse>;
}

/**
 * Where requests that may change something are numbered and begun, in a living cluster and in a replay alike. An
 * answer's stream begins at the virtual time of the answer, into a buffer, whenever the client's line is ready.
 */
export class Desk {
  readonly #open = new Map<number, { readonly line: ClientLine; readonly give: (response: EngineResponse) => void }>();
  readonly #changed: (inFlight: number) => void;
  #next = 0;
  #inFlight = 0;

  /** `changed` hears how many requests wait for something in the simulation. */
  constructor(
    readonly cluster: Cluster,
    readonly door: Door,
    changed: (inFlight: number) => void,
  ) {
    this.#changed = changed;
  }

  /** Number that the next request gets. */
  get next(): number {
    return this.#next;
  }

  /** Begins a request on a line of its own. Throws EngineUnreachable. */
  begin(node: string, request: EngineRequest): OpenRequest {
    const engine = engineFor(this.cluster, node, request);
    const number = this.#next++;
    const line = new ClientLine();
    const from = { ...request, signal: line.signal, ...(request.input ? { input: line.input } : {}) };
    let give: (response: EngineResponse) => void = () => {};
    const response = new Promise<EngineResponse>((resolve) => {
      give = resolve;
    });
    this.#open.set(number, { line, give });
    const result = this.door.open(engine, from).begin(from);
    if (result instanceof Promise) {
      this.#count(1);
      void result.then((late) => {
        this.#count(-1);
        give(this.#answered(number, late));
      });
    } else give(this.#answered(number, result));
    return { number, line, response };
  }

  /** The line of a request that can still be heard. */
  line(number: number): ClientLine | undefined {
    return this.#open.get(number)?.line;
  }

  /** Numbers of the requests whose clients can still be heard. */
  get listening(): readonly number[] {
    return [...this.#open.keys()];
  }

  /** Answers all that is still open with a refusal: the cluster is no more. */
  abandon(why: string): void {
    for (const { line, give } of this.#open.values()) {
      line.gone();
      give({ status: 500, headers: { 'Content-Type': 'application/json' }, json: { message: why } });
    }
    this.#open.clear();
  }

  #answered(number: number, response: EngineResponse): EngineResponse {
    const stream = response.stream;
    if (!stream) {
      this.#open.delete(number);
      return response;
    }
    const buffer = new StreamBuffer();
    const line = this.#open.get(number)?.line;
    buffer.onClose(() => this.#open.delete(number));
    line?.signal.addEventListener('abort', () => buffer.close());
    try {
      stream(buffer);
    } catch (error) {
      buffer.end();
      if (!(error instanceof EngineError)) throw error;
    }
    return { ...response, stream: (sink) => buffer.connect(sink, () => {}) };
  }

  #count(change: number): void {
    this.#inFlight += change;
    this.#changed(this.#inFlight);
  }
}
