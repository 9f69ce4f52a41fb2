/**
 * How containers find each other: by hosts files (Docker 1.9, TALK-3), by an embedded DNS with an external key-value
 * store for networks of several hosts (1.10, TALK-4), or by swarm mode (1.12, TALK-5).
 */
export type Era = '1.9' | '1.10' | '1.12';

export const eras: readonly Era[] = ['1.9', '1.10', '1.12'];

/** Whether a text names an era. */
export function isEra(text: unknown): text is Era {
  return eras.includes(text as Era);
}
