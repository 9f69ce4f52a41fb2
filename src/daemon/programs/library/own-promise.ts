type Settle<T> = (value: T | PromiseLike<T>) => void;
type Handler = ((value: never) => unknown) | null | undefined;

/** Reactions that are due, in the order in which they became due. */
const due: (() => void)[] = [];

/**
 * Runs what is due until nothing is: then whoever waits, waits for something outside. `limit` bounds the steps; false
 * when it was reached.
 */
export function runTurns(limit = Number.POSITIVE_INFINITY): boolean {
  let steps = 0;
  for (let index = 0; index < due.length; index++) {
    if (++steps > limit) {
      due.length = 0;
      return false;
    }
    due[index]!();
    if (index === 4_095) {
      due.splice(0, 4_096);
      index = -1;
    }
  }
  due.length = 0;
  return true;
}

/**
 * A promise whose reactions run when `runTurns` is called and at no other time. The shell library is given this in
 * place of the language's own: so it computes within one event of the simulation, and a replay meets no race.
 */
export class OwnPromise<T = unknown> implements PromiseLike<T> {
  #state: 'pending' | 'kept' | 'broken' = 'pending';
  #value: unknown;
  #reactions: (() => void)[] = [];

  constructor(executor: (resolve: Settle<T>, reject: (reason: unknown) => void) => void) {
    let decided = false;
    const resolve: Settle<T> = (value) => {
      if (decided) return;
      decided = true;
      this.#resolve(value);
    };
    const reject = (reason: unknown): void => {
      if (decided) return;
      decided = true;
      this.#settle('broken', reason);
    };
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = T, B = never>(
    kept?: ((value: T) => A | PromiseLike<A>) | null,
    broken?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): OwnPromise<A | B> {
    return new OwnPromise<A | B>((resolve, reject) => {
      this.#react(() => {
        const handler = (this.#state === 'kept' ? kept : broken) as Handler;
        if (typeof handler !== 'function') {
          if (this.#state === 'kept') resolve(this.#value as A);
          else reject(this.#value);
          return;
        }
        try {
          resolve(handler(this.#value as never) as A);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  catch<B = never>(broken?: ((reason: unknown) => B | PromiseLike<B>) | null): OwnPromise<T | B> {
    return this.then(undefined, broken);
  }

  finally(run?: (() => void) | null): OwnPromise<T> {
    return this.then(
      (value) => OwnPromise.resolve(run?.()).then(() => value),
      (reason) =>
        OwnPromise.resolve(run?.()).then(() => {
          throw reason;
        }),
    );
  }

  static resolve<T>(value?: T | PromiseLike<T>): OwnPromise<T> {
    return value instanceof OwnPromise ? value : new OwnPromise<T>((resolve) => resolve(value as T));
  }

  static reject(reason: unknown): OwnPromise<never> {
    return new OwnPromise<never>((_, reject) => reject(reason));
  }

  static all<T>(values: Iterable<T | PromiseLike<T>>): OwnPromise<T[]> {
    return new OwnPromise<T[]>((resolve, reject) => {
      const all = [...values];
      const results: T[] = [];
      let missing = all.length;
      if (missing === 0) resolve(results);
      for (const [index, value] of all.entries()) {
        OwnPromise.resolve(value).then((result) => {
          results[index] = result;
          if (--missing === 0) resolve(results);
        }, reject);
      }
    });
  }

  static allSettled<T>(values: Iterable<T | PromiseLike<T>>): OwnPromise<PromiseSettledResult<T>[]> {
    return OwnPromise.all(
      [...values].map((value) =>
        OwnPromise.resolve(value).then(
          (result): PromiseSettledResult<T> => ({ status: 'fulfilled', value: result }),
          (reason): PromiseSettledResult<T> => ({ status: 'rejected', reason }),
        ),
      ),
    );
  }

  static race<T>(values: Iterable<T | PromiseLike<T>>): OwnPromise<T> {
    return new OwnPromise<T>((resolve, reject) => {
      for (const value of values) OwnPromise.resolve(value).then(resolve, reject);
    });
  }

  #react(reaction: () => void): void {
    if (this.#state === 'pending') this.#reactions.push(reaction);
    else due.push(reaction);
  }

  #resolve(value: unknown): void {
    if (value === this) {
      this.#settle('broken', new TypeError('a promise cannot be kept by itself'));
      return;
    }
    let next: unknown;
    if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
      try {
        next = (value as { then?: unknown }).then;
      } catch (error) {
        this.#settle('broken', error);
        return;
      }
    }
    if (typeof next !== 'function') {
      this.#settle('kept', value);
      return;
    }
    due.push(() => {
      let decided = false;
      const once = (run: () => void): void => {
        if (decided) return;
        decided = true;
        run();
      };
      try {
        next.call(
          value,
          (result: unknown) => once(() => this.#resolve(result)),
          (reason: unknown) => once(() => this.#settle('broken', reason)),
        );
      } catch (error) {
        once(() => this.#settle('broken', error));
      }
    });
  }

  #settle(state: 'kept' | 'broken', value: unknown): void {
    this.#state = state;
    this.#value = value;
    due.push(...this.#reactions);
    this.#reactions = [];
  }
}
