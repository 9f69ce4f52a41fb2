/** The parts of a template. `at` is the offset in its text; `source` is what Go prints of an operand. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined; readonly at: number }
  | { readonly kind: 'break' | 'continue' };

/** Commands, each of which gets the result of the one before as its last argument. */
export interface Pipeline {
  readonly declares: readonly string[];
  /** The variables are there already, and get another value. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  readonly at: number;
}

export interface Command {
  readonly operands: readonly Operand[];
  readonly at: number;
}

export type Operand =
  | { readonly kind: 'literal'; readonly value: unknown; readonly source: string; readonly at: number }
  | { readonly kind: 'dot'; readonly source: string; readonly at: number }
  | { readonly kind: 'nil'; readonly source: string; readonly at: number }
  | { readonly kind: 'function'; readonly name: string; readonly source: string; readonly at: number }
  | {
      readonly kind: 'chain';
      /** What the fields are of: the dot, a variable, or what is in parentheses. */
      readonly of: 'dot' | { readonly variable: string } | { readonly pipeline: Pipeline };
      readonly fields: readonly string[];
      readonly source: string;
      readonly at: number;
    };

/** A template with the ones that it defines, by name. */
export interface Definitions {
  readonly main: readonly Node[];
  readonly named: ReadonlyMap<string, readonly Node[]>;
}
