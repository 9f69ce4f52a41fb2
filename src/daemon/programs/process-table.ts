import type { Micros } from '../../sim';

/** A process as `ps` shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly user: string;
  readonly argv: readonly string[];
  readonly started: Micros;
  /** Gives it a signal. */
  signal(number: number): void;
  /** Takes it away without a sound: its container stopped. */
  vanish(): void;
}

/** The processes of one container, by the numbers that they have inside. */
export class ProcessTable {
  /** More cannot be started, as with a limit of the control group. */
  static readonly most = 200;
  readonly #entries = new Map<number, ProcessEntry>();
  #next = 2;

  constructor(first: ProcessEntry) {
    this.#entries.set(1, first);
  }

  get full(): boolean {
    return this.#entries.size >= ProcessTable.most;
  }

  takePid(): number {
    return this.#next++;
  }

  add(entry: ProcessEntry): void {
    this.#entries.set(entry.pid, entry);
  }

  remove(pid: number): void {
    if (pid !== 1) this.#entries.delete(pid);
  }

  /** Another program took the place of the one that had the number. */
  rename(pid: number, argv: readonly string[]): void {
    const entry = this.#entries.get(pid);
    if (entry && pid !== 1) this.#entries.set(pid, { ...entry, argv });
  }

  get(pid: number): ProcessEntry | undefined {
    return this.#entries.get(pid);
  }

  list(): ProcessEntry[] {
    return [...this.#entries.values()].sort((a, b) => a.pid - b.pid);
  }

  /** The container stopped: all of them are gone. */
  clear(): void {
    const all = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of all) if (entry.pid !== 1) entry.vanish();
  }
}
