import type { Input } from '../programs';

/** What clients type into containers whose input is kept open, by container. */
export class StdinHub {
  readonly #inputs = new Map<string, TypedInput>();

  /** Inputs that were typed for a container that has not started yet. */
  readonly #early = new Map<string, TypedInput>();

  /** The input of a container that starts: with what was typed before. */
  inputOf(containerID: string): Input {
    const input = this.#early.get(containerID) ?? new TypedInput();
    this.#early.delete(containerID);
    this.#inputs.set(containerID, input);
    return input;
  }

  /** What is typed from now on is for the container's next run. */
  expect(containerID: string): void {
    this.#early.set(containerID, new TypedInput());
  }

  write(containerID: string, text: string): void {
    (this.#early.get(containerID) ?? this.#inputs.get(containerID))?.write(text);
  }

  end(containerID: string): void {
    (this.#early.get(containerID) ?? this.#inputs.get(containerID))?.end();
  }
}

/** Input that comes bit by bit. */
export class TypedInput implements Input {
  ended = false;
  #text = '';
  #listeners: (() => void)[] = [];

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  onMore(listener: () => void): void {
    if (this.#text !== '' || this.ended) listener();
    else this.#listeners.push(listener);
  }

  write(text: string): void {
    if (this.ended) return;
    this.#text += text;
    this.#tell();
  }

  end(): void {
    this.ended = true;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
