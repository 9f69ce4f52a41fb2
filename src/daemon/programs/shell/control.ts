/** Thrown through the interpreter by `exit`. */
export class Exit {
  constructor(readonly code: number) {}
}

/** Thrown through the interpreter by `break` and `continue`. */
export class LoopControl {
  constructor(
    readonly how: 'break' | 'continue',
    public levels: number,
  ) {}
}

/** Thrown through the interpreter by `return`. */
export class FunctionReturn {
  constructor(readonly code: number) {}
}

/** An error that ends a script, and of an interactive shell the line: it says what is wrong. */
export class ShellFailure extends Error {
  constructor(
    message: string,
    readonly code = 2,
  ) {
    super(message);
  }
}

/** Thrown through the interpreter by Ctrl-C in an interactive shell. */
export class Interrupted {}
