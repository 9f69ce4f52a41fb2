/** What waits, and for what: tasks by the network or service in their way, so that a retry looks at one of each kind. */
export class Backlog {
  readonly #waiting = new Map<string, Set<string>>();
  readonly #reasons = new Map<string, { readonly blockedBy: string; readonly reason: string }>();

  add(id: string, blockedBy: string, reason: string): void {
    const before = this.#reasons.get(id);
    if (before && before.blockedBy !== blockedBy) this.delete(id);
    this.#reasons.set(id, { blockedBy, reason });
    const waiting = this.#waiting.get(blockedBy);
    if (waiting) waiting.add(id);
    else this.#waiting.set(blockedBy, new Set([id]));
  }

  delete(id: string): void {
    const before = this.#reasons.get(id);
    if (!before) return;
    this.#reasons.delete(id);
    const waiting = this.#waiting.get(before.blockedBy)!;
    waiting.delete(id);
    if (waiting.size === 0) this.#waiting.delete(before.blockedBy);
  }

  reason(id: string): { readonly blockedBy: string; readonly reason: string } | undefined {
    return this.#reasons.get(id);
  }

  /** What stands in the way of somebody. */
  blockers(): string[] {
    return [...this.#waiting.keys()];
  }

  /** Live: what is deleted while looking is left out, what is added comes last. */
  waitingFor(blockedBy: string): Iterable<string> {
    return this.#waiting.get(blockedBy) ?? [];
  }
}
