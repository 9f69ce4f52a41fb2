/** A type of Go's, as far as its JSON decoder looks at it. */
export type GoType =
  | { readonly kind: 'string' | 'bool' | 'float' | 'any' | 'bytes' | 'words'; readonly name: string }
  | { readonly kind: 'integer'; readonly name: string; readonly low: bigint; readonly high: bigint }
  | { readonly kind: 'pointer' | 'list' | 'map'; readonly name: string; readonly of: GoType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: GoFields };

/** The fields of a struct: as they are spelt, and by their lower-case form. */
export interface GoFields {
  readonly exact: ReadonlyMap<string, GoType>;
  readonly folded: ReadonlyMap<string, string>;
}

const integers: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint: [0n, 2n ** 64n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/**
 * Types written one a line: `package.Name: Field type, Field type`. A field `...package.Name` embeds that struct;
 * `package.Name = kind` gives a name to a plain kind. Types: string, bool, float32, any, []byte, words (one text or a
 * list of them), integers, `*T`, `[]T` and `map[string]T`.
 */
export class GoTypes {
  readonly #texts = new Map<string, string>();
  readonly #kinds = new Map<string, string>();
  readonly #structs = new Map<string, GoType>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const struct = /^([\w.]+):\s*(.*)$/.exec(line);
      const kind = /^([\w.]+) = (\w+)$/.exec(line);
      if (struct) this.#texts.set(struct[1]!, struct[2]!);
      else if (kind) this.#kinds.set(kind[1]!, kind[2]!);
      else if (line.trim() !== '') throw new Error(`no type: ${line}`);
    }
  }

  /** The type that a text stands for. Throws for a type that is not known. */
  read(text: string): GoType {
    if (text.startsWith('*')) return { kind: 'pointer', name: text, of: this.read(text.slice(1)) };
    if (text === '[]byte') return { kind: 'bytes', name: '[]uint8' };
    if (text.startsWith('[]')) return { kind: 'list', name: text, of: this.read(text.slice(2)) };
    if (text.startsWith('map[string]')) return { kind: 'map', name: text, of: this.read(text.slice(11)) };
    const kind = this.#kinds.get(text) ?? text;
    if (kind === 'words') return { kind: 'words', name: text };
    if (kind === 'string' || kind === 'bool' || kind === 'any') return { kind, name: text };
    if (kind === 'float32' || kind === 'float64') return { kind: 'float', name: text };
    const range = integers[kind];
    if (range) return { kind: 'integer', name: text, low: range[0], high: range[1] };
    const struct = this.#structs.get(text);
    if (struct) return struct;
    const fields = this.#texts.get(text);
    if (fields === undefined) throw new Error(`no such type: ${text}`);
    const exact = new Map<string, GoType>();
    const made: GoType = { kind: 'struct', name: text, fields: { exact, folded: new Map() } };
    this.#structs.set(text, made);
    this.#fill(exact, fields);
    for (const name of exact.keys()) {
      const folded = made.fields.folded as Map<string, string>;
      if (!folded.has(name.toLowerCase())) folded.set(name.toLowerCase(), name);
    }
    return made;
  }

  #fill(into: Map<string, GoType>, fields: string): void {
    for (const field of fields.split(',').map((one) => one.trim())) {
      if (field === '') continue;
      if (field.startsWith('...')) {
        const embedded = this.#texts.get(field.slice(3));
        if (embedded === undefined) throw new Error(`no such type: ${field}`);
        this.#fill(into, embedded);
        continue;
      }
      const [name, type] = field.split(' ');
      into.set(name!, this.read(type!));
    }
  }
}
