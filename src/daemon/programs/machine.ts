/** What a process can find out about the machine that its container runs on, and about the container's mounts. */
export interface Machine {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly mounts: readonly {
    readonly type: 'volume' | 'bind' | 'tmpfs';
    readonly target: string;
    readonly readOnly: boolean;
  }[];
}

/** A machine when nobody says which one it is. */
export const usualMachine: Machine = { cpus: 2, memory: 8 * 1_024 ** 3, mounts: [] };
