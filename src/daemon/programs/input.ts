import type { Input, Process, Wait } from './process';

/** Waits until something came or the input ended. */
export function moreInput(input: Input): Wait {
  return (resume) => {
    let live = true;
    input.onMore(() => {
      if (live) resume();
    });
    return () => {
      live = false;
    };
  };
}

/** All of the input, waiting for its end. */
export function* readAll(process: Process): Generator<Wait, string, void> {
  let text = process.stdin.take();
  while (!process.stdin.ended) {
    yield moreInput(process.stdin);
    text += process.stdin.take();
  }
  return text + process.stdin.take();
}
