import type { Input } from '../programs';

/** What clients type into containers whose input is kept open, by container. */
export class StdinHub {
  readonly #inputs = new Map<string, TypedInput>();

  /** A fresh input for a container that starts. */
  inputOf(containerID: string): Input {
    const input = new TypedInput();
    this.#inputs.set(containerID, input);
    return input;
  }

  write(containerID: string, text: string): void {
    this.#inputs.get(containerID)?.write(text);
  }

  end(containerID: string): void {
    this.#inputs.get(containerID)?.end();
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
