import type { Token } from './lexer';
import { placeOf, TemplateError, tokenize } from './lexer';
import { characterOf, stringOf } from './literals';
import type { Command, Definitions, Node, Operand, Pipeline } from './syntax';

const keywords = new Set(['if', 'else', 'end', 'range', 'with', 'template', 'block', 'define', 'break', 'continue']);

/** Reads a template. Throws TemplateError with Go's text. */
export function parseTemplate(name: string, text: string, isFunction: (name: string) => boolean): Definitions {
  return new Parser(name, text, isFunction).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #place = 0;
  readonly #named = new Map<string, readonly Node[]>();
  readonly #variables = ['$'];
  #loops = 0;

  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly isFunction: (name: string) => boolean,
  ) {
    this.#tokens = tokenize(name, text);
  }

  whole(): Definitions {
    const { nodes, end } = this.#list();
    if (end !== 'eof') this.#fail(`unexpected {{${end}}}`);
    return { main: nodes, named: this.#named };
  }

  /** Nodes up to the end of the text, an `end` or an `else`, which is taken. */
  #list(): { readonly nodes: Node[]; readonly end: 'eof' | 'end' | 'else' } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'eof') return { nodes, end: 'eof' };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      this.#blanks();
      const word = this.#peek();
      if (word.kind !== 'identifier' || !keywords.has(word.text)) {
        nodes.push({ kind: 'action', pipeline: this.#pipeline('command') });
        continue;
      }
      this.#next();
      if (word.text === 'end') {
        this.#close('end');
        return { nodes, end: 'end' };
      }
      if (word.text === 'else') return { nodes, end: 'else' };
      const node = this.#control(word);
      if (node) nodes.push(node);
    }
  }

  #control(word: Token): Node | undefined {
    switch (word.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(word.text);
      case 'break':
      case 'continue':
        if (this.#loops === 0) this.#fail(`{{${word.text}}} outside {{range}}`);
        this.#close(word.text);
        return { kind: word.text };
      case 'define':
        this.#define(this.#nameOf('define clause'), () => this.#close('define clause'));
        return undefined;
      case 'block': {
        const name = this.#nameOf('block clause');
        const pipeline = this.#pipeline('block clause');
        this.#define(name, () => {});
        return { kind: 'template', name, pipeline, at: word.at };
      }
      default: {
        const name = this.#nameOf('template clause');
        const { at } = this.#tokens[this.#place - 1]!;
        this.#blanks();
        if (this.#peek().kind === 'close') {
          this.#next();
          return { kind: 'template', name, pipeline: undefined, at };
        }
        return { kind: 'template', name, pipeline: this.#pipeline('template clause'), at };
      }
    }
  }

  #branch(kind: 'if' | 'with' | 'range'): Node {
    const scope = this.#variables.length;
    const pipeline = this.#pipeline(kind);
    if (kind === 'range') this.#loops++;
    const { nodes: then, end } = this.#list();
    if (kind === 'range') this.#loops--;
    if (end === 'eof') this.#fail('unexpected EOF');
    const otherwise = end === 'else' ? this.#otherwise(kind) : [];
    this.#variables.length = scope;
    return { kind, pipeline, then, otherwise };
  }

  #otherwise(kind: 'if' | 'with' | 'range'): readonly Node[] {
    this.#blanks();
    const word = this.#peek();
    if (kind !== 'range' && word.kind === 'identifier' && word.text === kind) {
      // `else if` has no end of its own.
      this.#next();
      return [this.#branch(kind)];
    }
    this.#close('else');
    const { nodes, end } = this.#list();
    if (end === 'eof') this.#fail('unexpected EOF');
    if (end === 'else') this.#fail('expected end; found {{else}}');
    return nodes;
  }

  #define(name: string, opened: () => void): void {
    opened();
    const variables = this.#variables.splice(1);
    const { nodes, end } = this.#list();
    if (end !== 'end') this.#fail(end === 'eof' ? 'unexpected EOF' : 'unexpected {{else}} in define clause');
    this.#variables.splice(1, Number.POSITIVE_INFINITY, ...variables);
    this.#named.set(name, nodes);
  }

  #nameOf(context: string): string {
    this.#blanks();
    const token = this.#next();
    if (token.kind !== 'string') this.#unexpected(token, context);
    return stringOf(token.text);
  }

  /** Up to and with the closing braces, or the closing parenthesis. */
  #pipeline(context: string, closing: 'close' | ')' = 'close'): Pipeline {
    this.#blanks();
    const { at } = this.#peek();
    const { declares, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      this.#blanks();
      const token = this.#peek();
      if (token.kind === 'close' || token.text === ')') {
        this.#next();
        if ((token.kind === 'close') !== (closing === 'close')) this.#unexpected(token, context);
        if (commands.length === 0) this.#fail(`missing value for ${context}`);
        this.#checkPipeline(commands);
        if (!assigns) this.#variables.push(...declares);
        return { declares, assigns, commands, at };
      }
      commands.push(this.#command(context));
    }
  }

  /** `$x :=`, `$x =`, and in a range `$i, $x :=`. */
  #declarations(context: string): { readonly declares: readonly string[]; readonly assigns: boolean } {
    const start = this.#place;
    const names: string[] = [];
    while (this.#peek().kind === 'variable') {
      const { text } = this.#next();
      names.push(text);
      this.#blanks();
      const { kind } = this.#peek();
      if (kind === 'declare' || kind === 'assign') {
        this.#next();
        if (kind === 'assign') for (const name of names) this.#known(name);
        return { declares: names, assigns: kind === 'assign' };
      }
      if (kind !== 'comma' || context !== 'range' || names.length > 1) break;
      this.#next();
      this.#blanks();
    }
    this.#place = start;
    return { declares: [], assigns: false };
  }

  #checkPipeline(commands: readonly Command[]): void {
    commands.slice(1).forEach((command, index) => {
      const first = command.operands[0]!;
      if (['literal', 'dot', 'nil'].includes(first.kind))
        this.#fail(`non executable command in pipeline stage ${index + 2}`);
    });
  }

  #command(context: string): Command {
    const operands: Operand[] = [];
    const { at } = this.#peek();
    for (;;) {
      this.#blanks();
      const token = this.#peek();
      if (token.kind === 'pipe' && operands.length > 0) {
        this.#next();
        this.#blanks();
        const after = this.#peek();
        if (after.kind === 'close' || after.text === ')') this.#fail(`missing value for ${context}`);
        return { operands, at };
      }
      if (token.kind === 'close' || token.text === ')') break;
      operands.push(this.#operand());
      const { kind, text } = this.#peek();
      if (!['space', 'close', 'pipe'].includes(kind) && text !== ')') this.#unexpected(this.#peek(), 'operand');
    }
    if (operands.length === 0) this.#fail('empty command');
    return { operands, at };
  }

  #operand(): Operand {
    const token = this.#next();
    const { at, text } = token;
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', value: stringOf(text), source: text, at };
      case 'char':
        return { kind: 'literal', value: characterOf(text), source: text, at };
      case 'number':
        return { kind: 'literal', value: Number(text.replaceAll('_', '')), source: text, at };
      case 'identifier':
        return this.#word(token);
      case 'dot':
        return { kind: 'dot', source: '.', at };
      case 'field':
        return this.#chain('dot', [text.slice(1)], text, at);
      case 'variable':
        this.#known(text);
        return this.#chain({ variable: text }, [], text, at);
      case 'paren':
        if (text === '(') {
          const pipeline = this.#pipeline('parenthesized pipeline', ')');
          return this.#chain({ pipeline }, [], this.text.slice(at, this.#tokens[this.#place]!.at), at);
        }
        return this.#unexpected(token, 'operand');
      default:
        return this.#unexpected(token, 'operand');
    }
  }

  #word({ text, at }: Token): Operand {
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', source: text, at };
    if (text === 'nil') return { kind: 'nil', source: text, at };
    if (keywords.has(text)) return this.#fail(`unexpected <${text}> in operand`);
    if (!this.isFunction(text)) return this.#fail(`function "${text}" not defined`);
    return { kind: 'function', name: text, source: text, at };
  }

  #chain(of: Extract<Operand, { kind: 'chain' }>['of'], first: string[], source: string, at: number): Operand {
    const fields = first;
    let whole = source;
    // Go counts a chain from its second link.
    const place = this.#peek().kind === 'field' ? this.#peek().at : at;
    while (this.#peek().kind === 'field') {
      const { text } = this.#next();
      fields.push(text.slice(1));
      whole += text;
    }
    return { kind: 'chain', of, fields, source: whole, at: place };
  }

  #known(variable: string): void {
    if (!this.#variables.includes(variable)) this.#fail(`undefined variable "${variable}"`);
  }

  #close(context: string): void {
    this.#blanks();
    const token = this.#next();
    if (token.kind !== 'close') this.#unexpected(token, context);
  }

  #blanks(): void {
    while (this.#peek().kind === 'space') this.#place++;
  }

  #peek(): Token {
    return this.#tokens[this.#place]!;
  }

  #next(): Token {
    const token = this.#tokens[this.#place]!;
    if (token.kind !== 'eof') this.#place++;
    return token;
  }

  #unexpected(token: Token, context: string): never {
    const shown =
      token.kind === 'eof' ? 'EOF' : keywords.has(token.text) ? `<${token.text}>` : JSON.stringify(token.text);
    return this.#fail(`unexpected ${shown} in ${context}`);
  }

  #fail(why: string): never {
    const token = this.#tokens[Math.max(0, this.#place - 1)]!;
    throw new TemplateError(`template: ${this.name}:${placeOf(this.text, token.at).line}: ${why}`);
  }
}
