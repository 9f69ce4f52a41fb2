/** Numbers from `first` to `last`, handed out serially: the next free one after the last, wrapping (ALLOC-17, ALLOC-50). */
export class SerialIDs {
  readonly #used = new Set<number>();
  #cursor: number;

  constructor(
    readonly first: number,
    readonly last: number,
  ) {
    this.#cursor = first;
  }

  /** Undefined when all are used. */
  next(): number | undefined {
    const size = this.last - this.first + 1;
    if (this.#used.size >= size) return undefined;
    while (this.#used.has(this.#cursor)) this.#advance(this.#cursor);
    const id = this.#cursor;
    this.#used.add(id);
    this.#advance(id);
    return id;
  }

  /** Claims one by name, without moving the pointer; false when it is used or outside. */
  claim(id: number): boolean {
    if (!this.covers(id) || this.#used.has(id)) return false;
    this.#used.add(id);
    return true;
  }

  release(id: number): void {
    this.#used.delete(id);
  }

  covers(id: number): boolean {
    return Number.isInteger(id) && id >= this.first && id <= this.last;
  }

  #advance(from: number): void {
    this.#cursor = from >= this.last ? this.first : from + 1;
  }
}
