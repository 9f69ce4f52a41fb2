import type { ParameterType, TemplateFunction } from './functions';
import { dockerFunctions, fits, goFunctions } from './functions';
import { placeOf, TemplateError } from './lexer';
import { parseTemplate } from './parser';
import type { Command, Definitions, Node, Operand, Pipeline } from './syntax';
import { isMap, isTrue, show, sortedKeys, typeName } from './values';

export interface TemplateOptions {
  /** More functions than Go's and docker's. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  /** Fields that are not there: `<no value>`, or an error, as `docker inspect` has it. */
  readonly missing?: 'no value' | 'error';
  /** Name of the type of the data in messages, where it is no map: `*formatter.serviceContext`. */
  readonly typeName?: string;
}

class Break extends Error {}
class Continue extends Error {}

/** What a template may write at most, so that one that calls itself ends. */
const deepest = 1_000;

/** A Go template as `--format` of the docker command takes it. Objects are maps, with keys in the order of Go. */
export class Template {
  readonly #definitions: Definitions;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;

  /** Throws TemplateError with Go's text. */
  constructor(
    private readonly text: string,
    private readonly options: TemplateOptions = {},
  ) {
    this.#functions = { ...goFunctions, ...dockerFunctions, ...options.functions };
    const special = (name: string) => name === 'and' || name === 'or' || name === 'call';
    this.#definitions = parseTemplate('', text, (name) => special(name) || Object.hasOwn(this.#functions, name));
  }

  /** What the template makes of some data. Throws TemplateError with Go's text. */
  execute(data: unknown): string {
    return new Run(this.text, this.#definitions, this.#functions, this.options, data).whole();
  }
}

class Run {
  #output = '';
  #depth = 0;
  #variables: [string, unknown][];

  constructor(
    private readonly text: string,
    private readonly definitions: Definitions,
    private readonly functions: Readonly<Record<string, TemplateFunction>>,
    private readonly options: TemplateOptions,
    private readonly data: unknown,
  ) {
    this.#variables = [['$', data]];
  }

  whole(): string {
    this.#nodes(this.definitions.main, this.data);
    return this.#output;
  }

  #nodes(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #node(node: Node, dot: unknown): void {
    switch (node.kind) {
      case 'text':
        this.#output += node.text;
        return;
      case 'action': {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.declares.length === 0)
          this.#output += value === undefined || value === null ? '<no value>' : show(value);
        return;
      }
      case 'break':
        throw new Break();
      case 'continue':
        throw new Continue();
      case 'template':
        this.#call(node, dot);
        return;
      default:
        this.#scoped(() => this.#control(node, dot));
    }
  }

  #control(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: unknown): void {
    if (node.kind === 'range') {
      this.#range(node, dot);
      return;
    }
    const value = this.#pipeline(node.pipeline, dot);
    if (isTrue(value)) this.#nodes(node.then, node.kind === 'with' ? value : dot);
    else this.#nodes(node.otherwise, dot);
  }

  #range(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: unknown): void {
    const { pipeline } = node;
    const value = this.#pipeline({ ...pipeline, declares: [] }, dot);
    const items = this.#items(value, pipeline);
    if (items.length === 0) {
      this.#nodes(node.otherwise, dot);
      return;
    }
    const [first, second] = pipeline.declares;
    for (const [key, item] of items) {
      try {
        this.#scoped(() => {
          if (second !== undefined) {
            this.#set(first!, key, pipeline.assigns);
            this.#set(second, item, pipeline.assigns);
          } else if (first !== undefined) this.#set(first, item, pipeline.assigns);
          this.#nodes(node.then, item);
        });
      } catch (error) {
        if (error instanceof Break) return;
        if (!(error instanceof Continue)) throw error;
      }
    }
  }

  #items(value: unknown, pipeline: Pipeline): readonly (readonly [unknown, unknown])[] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return [...value.entries()];
    if (isMap(value)) return sortedKeys(value).map((key) => [key, value[key]] as const);
    if (typeof value === 'number' && Number.isInteger(value))
      return Array.from({ length: Math.max(0, Math.min(value, 1e6)) }, (_, place) => [place, place] as const);
    return this.#fail(pipeline, this.#source(pipeline), `range can't iterate over ${show(value)}`);
  }

  #call({ name, pipeline, at }: Extract<Node, { kind: 'template' }>, dot: unknown): void {
    const nodes = this.definitions.named.get(name);
    if (!nodes) {
      this.#fail({ at }, `{{template "${name}"}}`, `template "${name}" not defined`);
    }
    if (++this.#depth > deepest)
      this.#fail({ at }, `{{template "${name}"}}`, `exceeded maximum template depth (${deepest})`);
    const data = pipeline ? this.#pipeline(pipeline, dot) : undefined;
    const variables = this.#variables;
    this.#variables = [['$', data]];
    this.#nodes(nodes, data);
    this.#variables = variables;
    this.#depth--;
  }

  #scoped(run: () => void): void {
    const before = this.#variables.length;
    try {
      run();
    } finally {
      this.#variables.length = before;
    }
  }

  #set(name: string, value: unknown, assigns: boolean): void {
    const known = assigns ? this.#variables.findLast(([one]) => one === name) : undefined;
    if (known) known[1] = value;
    else this.#variables.push([name, value]);
  }

  #pipeline(pipeline: Pipeline, dot: unknown): unknown {
    let value: unknown;
    pipeline.commands.forEach((command, place) => {
      value = this.#command(command, dot, place > 0 ? [value] : []);
    });
    for (const name of pipeline.declares) this.#set(name, value, pipeline.assigns);
    return value;
  }

  /** `last`: what the command before gives, as the last argument. */
  #command({ operands }: Command, dot: unknown, last: readonly unknown[]): unknown {
    const [first, ...rest] = operands as [Operand, ...Operand[]];
    if (first.kind === 'function') return this.#apply(first, rest, dot, last);
    if (rest.length > 0 || last.length > 0) {
      if (first.kind === 'nil') this.#fail(first, first.source, 'nil is not a command');
      const why =
        first.kind === 'chain' && first.fields.length > 0
          ? `${first.fields.at(-1)} is not a method but has arguments`
          : `can't give argument to non-function ${first.source}`;
      this.#fail(first, first.source, why);
    }
    if (first.kind === 'nil') this.#fail(first, first.source, 'nil is not a command');
    return this.#operand(first, dot);
  }

  #apply(
    first: Extract<Operand, { kind: 'function' }>,
    rest: readonly Operand[],
    dot: unknown,
    last: readonly unknown[],
  ): unknown {
    const { name } = first;
    if (name === 'and' || name === 'or') {
      this.#checkCount(first, 1, true, rest.length + last.length);
      let value: unknown;
      for (const operand of rest) {
        value = this.#operand(operand, dot);
        if (isTrue(value) === (name === 'or')) return value;
      }
      return last.length > 0 ? last[0] : value;
    }
    if (name === 'call') this.#fail(first, name, `error calling call: non-function of type ${typeName(last[0])}`);
    const wanted = this.functions[name]!;
    this.#checkCount(first, wanted.parameters.length, wanted.more, rest.length + last.length);
    const values = rest.map((operand, place) => this.#argument(operand, wanted.parameters[place] ?? 'any', dot));
    const given = wanted.parameters[rest.length] ?? 'any';
    if (last.length > 0 && !fits(given, last[0]))
      this.#fail(first, name, `wrong type for value; expected ${given}; got ${typeName(last[0])}`);
    try {
      return wanted.run(...values, ...last);
    } catch (error) {
      return this.#fail(first, this.#callSource(first, rest), `error calling ${name}: ${messageOf(error)}`);
    }
  }

  #checkCount(first: Operand & { readonly kind: 'function' }, wanted: number, more: boolean, got: number): void {
    const { name } = first;
    if (more && got < wanted)
      this.#fail(first, name, `wrong number of args for ${name}: want at least ${wanted} got ${got}`);
    if (!more && got !== wanted) this.#fail(first, name, `wrong number of args for ${name}: want ${wanted} got ${got}`);
  }

  #argument(operand: Operand, type: ParameterType, dot: unknown): unknown {
    const value = this.#operand(operand, dot);
    if (fits(type, value)) return value;
    if (operand.kind === 'literal') {
      const why =
        type === '[]string'
          ? `can't handle ${operand.source} for arg of type []string`
          : `expected ${type === 'int' ? 'integer' : type}; found ${operand.source}`;
      this.#fail(operand, operand.source, why);
    }
    return this.#fail(operand, operand.source, `wrong type for value; expected ${type}; got ${typeName(value)}`);
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'nil':
        return undefined;
      case 'dot':
        return dot;
      case 'function':
        return this.#apply(operand, [], dot, []);
      case 'chain':
        return operand.fields.reduce((value, field) => this.#field(value, field, operand), this.#base(operand, dot));
    }
  }

  #base({ of }: Extract<Operand, { kind: 'chain' }>, dot: unknown): unknown {
    if (of === 'dot') return dot;
    if ('variable' in of) return this.#variables.findLast(([name]) => name === of.variable)?.[1];
    return this.#pipeline(of.pipeline, dot);
  }

  #field(value: unknown, field: string, operand: Operand): unknown {
    if (isMap(value)) {
      if (Object.hasOwn(value, field)) return value[field];
      if (this.options.typeName !== undefined && value === this.data)
        this.#fail(operand, operand.source, `can't evaluate field ${field} in type ${this.options.typeName}`);
      if (this.options.missing === 'error') this.#fail(operand, operand.source, `map has no entry for key "${field}"`);
      return undefined;
    }
    if (value === null || value === undefined) {
      this.#fail(operand, operand.source, `nil pointer evaluating interface {}.${field}`);
    }
    return this.#fail(
      operand,
      operand.source,
      `can't evaluate field ${field} in type ${typeName(value) === '[]interface {}' ? 'interface {}' : typeName(value)}`,
    );
  }

  #source({ commands, at }: Pipeline): string {
    const end = commands.at(-1)?.operands.at(-1);
    return end ? this.text.slice(at, end.at + end.source.length) : '';
  }

  #callSource(first: Operand, rest: readonly Operand[]): string {
    return [first, ...rest].map(({ source }) => source).join(' ');
  }

  #fail({ at }: { readonly at: number }, source: string, why: string): never {
    const { line, column } = placeOf(this.text, at);
    throw new TemplateError(`template: :${line}:${column}: executing "" at <${source}>: ${why}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
