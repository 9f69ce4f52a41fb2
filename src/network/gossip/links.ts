/** Which nodes can talk to each other directly on one plane: cut nodes, groups of a partition, single cut links. */
export class Links {
  readonly #cut = new Set<number>();
  readonly #groups = new Map<number, number>();
  readonly #broken = new Map<number, Set<number>>();

  /** Whether nothing is cut. */
  get whole(): boolean {
    return this.#cut.size === 0 && this.#groups.size === 0 && this.#broken.size === 0;
  }

  setReachable(a: number, b: number, reachable: boolean): void {
    this.#mark(a, b, reachable);
    this.#mark(b, a, reachable);
  }

  setCut(node: number, cut: boolean): void {
    if (cut) this.#cut.add(node);
    else this.#cut.delete(node);
  }

  /** Splits the cluster; nodes of no group stay together as one more group. */
  partition(groups: readonly (readonly number[])[]): void {
    this.#groups.clear();
    groups.forEach((group, index) => {
      for (const node of group) this.#groups.set(node, index + 1);
    });
  }

  /** Takes back every cut, partition and broken link. */
  heal(): void {
    this.#cut.clear();
    this.#groups.clear();
    this.#broken.clear();
  }

  reaches(a: number, b: number): boolean {
    if (a === b || this.whole) return true;
    if (this.#cut.has(a) || this.#cut.has(b)) return false;
    if ((this.#groups.get(a) ?? 0) !== (this.#groups.get(b) ?? 0)) return false;
    return !this.#broken.get(a)?.has(b);
  }

  /** Number of the connected part of each of `count` nodes: third nodes relay what two cannot tell each other. */
  components(count: number, alive: (node: number) => boolean): Int32Array {
    if (this.#broken.size === 0) return this.#byGroup(count, alive);
    const component = new Int32Array(count).fill(-1);
    let next = 0;
    for (let start = 0; start < count; start++) {
      if (component[start] !== -1) continue;
      const number = next++;
      component[start] = number;
      if (!alive(start)) continue;
      const queue = [start];
      for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
        for (let other = 0; other < count; other++) {
          if (component[other] !== -1 || !alive(other) || !this.reaches(at, other)) continue;
          component[other] = number;
          queue.push(other);
        }
      }
    }
    return component;
  }

  /** Without single broken links the groups are the parts, and cut or dead nodes are alone. */
  #byGroup(count: number, alive: (node: number) => boolean): Int32Array {
    const numbers = new Map<number, number>();
    const component = new Int32Array(count);
    let next = 0;
    for (let node = 0; node < count; node++) {
      const group = this.#groups.get(node) ?? 0;
      const joined = alive(node) && !this.#cut.has(node);
      const known = joined ? numbers.get(group) : undefined;
      const number = known ?? next++;
      component[node] = number;
      if (joined && known === undefined) numbers.set(group, number);
    }
    return component;
  }

  #mark(a: number, b: number, reachable: boolean): void {
    const others = this.#broken.get(a) ?? new Set<number>();
    if (reachable) others.delete(b);
    else others.add(b);
    if (others.size === 0) this.#broken.delete(a);
    else this.#broken.set(a, others);
  }
}
