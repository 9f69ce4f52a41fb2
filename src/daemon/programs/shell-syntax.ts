/** A word of a command line before expansion. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback?: string; readonly quoted: boolean }
  | { readonly kind: 'substitution'; readonly list: List; readonly quoted: boolean };

export type Word = readonly WordPart[];

export interface Redirect {
  readonly from: 0 | 1 | 2;
  readonly how: '<' | '>' | '>>' | 'dup';
  /** Target of `dup`: 1 or 2. */
  readonly to?: 1 | 2;
  readonly word?: Word;
}

export type Command =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly { readonly name: string; readonly value: Word }[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly kind: 'group'; readonly body: List; readonly redirects: readonly Redirect[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: List; readonly body: List }[];
      readonly otherwise?: List;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: List };

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** Pipelines with what follows each of them. */
export type List = readonly { readonly pipeline: Pipeline; readonly next: ';' | '&&' | '||' | '&' }[];

/** A line that is no shell; the text is the shell's. */
export class ShellSyntaxError extends Error {}
