/** A variable of the shell: a text, a list by index, or a table by key. */
export interface Variable {
  /** One text, or texts by index or key. */
  value: string | Map<string, string>;
  /** Keys are texts and not numbers. */
  readonly table?: boolean;
  exported?: boolean;
  readonly?: boolean;
}

/** The text of a variable as `$name` gives it: of a list the element 0. */
export function textOf(variable: Variable | undefined): string | undefined {
  if (variable === undefined) return undefined;
  return typeof variable.value === 'string' ? variable.value : variable.value.get('0');
}

/** A variable was written that must not be. */
export class ReadOnlyError extends Error {
  constructor(name: string) {
    super(`${name}: is read only`);
  }
}

/** Memory of one shell for its variables, in characters. */
const memory = 8 * 1024 ** 2;

/** Variables outgrew their memory. */
export class OutOfMemory extends Error {
  constructor() {
    super('out of memory');
  }
}

/** The variables of one shell, with what functions have of their own. */
export class Variables {
  readonly #all = new Map<string, Variable>();
  readonly #frames: Map<string, Variable | undefined>[] = [];
  #size = 0;

  constructor(environment: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of environment) this.#all.set(name, { value, exported: true });
  }

  /** For a subshell: what it changes stays its own. */
  copy(): Variables {
    const copy = new Variables();
    for (const [name, variable] of this.#all)
      copy.#all.set(name, {
        ...variable,
        value: typeof variable.value === 'string' ? variable.value : new Map(variable.value),
      });
    for (const frame of this.#frames) copy.#frames.push(new Map(frame));
    copy.#size = this.#size;
    return copy;
  }

  get(name: string): Variable | undefined {
    return this.#all.get(name);
  }

  text(name: string): string | undefined {
    return textOf(this.#all.get(name));
  }

  /** Throws when it is read only. */
  set(name: string, value: string | Map<string, string>): void {
    const old = this.#all.get(name);
    if (old?.readonly) throw new ReadOnlyError(name);
    this.#grow(typeof value === 'string' ? value.length - (textOf(old)?.length ?? 0) : value.size);
    if (old && typeof old.value !== 'string' && typeof value === 'string') {
      old.value.set('0', value);
      return;
    }
    this.#all.set(name, { ...old, value });
  }

  /** Sets one element; makes the list when there is none. */
  setElement(name: string, key: string, value: string): void {
    const old = this.#all.get(name);
    if (old?.readonly) throw new ReadOnlyError(name);
    this.#grow(value.length + key.length);
    if (old && typeof old.value !== 'string') old.value.set(key, value);
    else this.#all.set(name, { ...old, value: new Map(old ? [['0', old.value as string]] : []).set(key, value) });
  }

  declare(name: string, changes: Partial<Variable>): void {
    const old = this.#all.get(name);
    this.#all.set(name, { value: '', ...old, ...changes });
  }

  unset(name: string): void {
    if (this.#all.get(name)?.readonly) throw new ReadOnlyError(name);
    this.#all.delete(name);
  }

  names(): string[] {
    return [...this.#all.keys()].sort();
  }

  /** What programs get: the exported ones. */
  environment(): Map<string, string> {
    const result = new Map<string, string>();
    for (const [name, variable] of this.#all) {
      const value = textOf(variable);
      if (variable.exported && value !== undefined) result.set(name, value);
    }
    return result;
  }

  enterFunction(): void {
    this.#frames.push(new Map());
  }

  leaveFunction(): void {
    for (const [name, old] of this.#frames.pop() ?? []) {
      if (old) this.#all.set(name, old);
      else this.#all.delete(name);
    }
  }

  /** Makes a variable the function's own; false outside of one. */
  local(name: string): boolean {
    const frame = this.#frames.at(-1);
    if (!frame) return false;
    const old = this.#all.get(name);
    if (!frame.has(name)) frame.set(name, old && { ...old });
    if (old) this.#all.set(name, { ...old });
    return true;
  }

  #grow(by: number): void {
    this.#size += by;
    if (this.#size > memory) throw new OutOfMemory();
  }
}
