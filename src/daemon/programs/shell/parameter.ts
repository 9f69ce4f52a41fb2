import type { Run } from '../run-command';
import type { Expander } from './expand';
import { fitsPattern, removeFitting, replaceFitting } from './pattern';
import type { Shell } from './shell';
import type { Parameter, WordNode } from './syntax';

/** A text, a list that becomes a word each, or the parts of a word to take its place. */
type Value = string | string[] | WordNode;
type Operation = NonNullable<Parameter['operation']>;

/** `name[key]` taken apart. */
function subscript(parameter: string): { readonly name: string; readonly key: string } | undefined {
  const match = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(parameter);
  return match ? { name: match[1]!, key: match[2]! } : undefined;
}

/** The elements that `$@`, `$*`, `${x[@]}` and `${x[*]}` stand for; undefined for what is one text. */
function elements(parameter: string, shell: Shell): string[] | undefined {
  if (parameter === '@' || parameter === '*') return [...shell.parameters];
  const found = subscript(parameter);
  if (found?.key !== '@' && found?.key !== '*') return undefined;
  const value = shell.variables.get(found!.name)?.value;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : [...sorted(value).values()];
}

/** Lists are told by rising index, tables as they were made. */
function sorted(value: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const keys = [...value.keys()];
  if (!keys.every((key) => /^\d+$/.test(key))) return value;
  return new Map(keys.sort((a, b) => Number(a) - Number(b)).map((key) => [key, value.get(key)!]));
}

function* single(parameter: string, shell: Shell): Run<string | undefined> {
  const found = subscript(parameter);
  if (!found) return shell.parameter(parameter);
  return shell.element(found.name, yield* shell.subscript(found.name, found.key));
}

/** What `$name` or `${name...}` stands for. */
export function* parameterValue(part: Parameter, shell: Shell, expander: Expander, quoted: boolean): Run<Value> {
  const { parameter, operation } = part;
  if (operation?.type === 'VarNamePrefix')
    return shell.variables.names().filter((name) => name.startsWith(operation.prefix));
  if (operation?.type === 'ArrayKeys') {
    const value = shell.variables.get(operation.array)?.value;
    return value === undefined ? [] : typeof value === 'string' ? ['0'] : [...sorted(value).keys()];
  }
  if (operation?.type === 'Indirection') {
    const name = (yield* single(parameter, shell)) ?? '';
    const inner = operation.innerOp ?? null;
    return yield* parameterValue(
      { type: 'ParameterExpansion', parameter: name, operation: inner },
      shell,
      expander,
      quoted,
    );
  }
  const list = elements(parameter, shell);
  if (list) return yield* ofList(parameter, list, operation, shell, expander, quoted);
  const value = yield* single(parameter, shell);
  if (!operation) {
    if (value === undefined && shell.options.has('nounset')) shell.fail(`${parameter}: parameter not set`);
    return value ?? '';
  }
  return yield* applied(operation, parameter, value, shell, expander);
}

function* ofList(
  parameter: string,
  list: string[],
  operation: Operation | null,
  shell: Shell,
  expander: Expander,
  quoted: boolean,
): Run<Value> {
  const star = parameter === '*' || parameter.endsWith('[*]');
  const joined = (values: string[]): Value =>
    star && quoted ? values.join((shell.variables.text('IFS') ?? ' ')[0] ?? '') : values;
  if (!operation) return joined(list);
  if (operation.type === 'Length') return String(list.length);
  if (operation.type === 'Substring') {
    const all = parameter === '@' || parameter === '*' ? [shell.name, ...list] : list;
    const offset = Number(yield* shell.calculator.value(operation.offset));
    const length = operation.length ? Number(yield* shell.calculator.value(operation.length)) : undefined;
    const start = offset < 0 ? Math.max(0, all.length + offset) : offset;
    return joined(all.slice(start, length === undefined ? undefined : start + Math.max(0, length)));
  }
  if (/^(DefaultValue|AssignDefault|ErrorIfUnset|UseAlternative)$/.test(operation.type)) {
    const whole = list.length === 0 ? undefined : list.join(' ');
    const value = yield* applied(operation, parameter, whole, shell, expander);
    return value === whole ? joined(list) : value;
  }
  const results: string[] = [];
  for (const one of list) {
    const value = yield* applied(operation, parameter, one, shell, expander);
    results.push(typeof value === 'string' ? value : '');
  }
  return joined(results);
}

function* applied(
  operation: Operation,
  parameter: string,
  value: string | undefined,
  shell: Shell,
  expander: Expander,
): Run<string | WordNode> {
  const missing = (checkEmpty: boolean) => value === undefined || (checkEmpty && value === '');
  switch (operation.type) {
    case 'DefaultValue':
      return missing(operation.checkEmpty) ? operation.word : value!;
    case 'UseAlternative':
      return missing(operation.checkEmpty) ? '' : operation.word;
    case 'AssignDefault': {
      if (!missing(operation.checkEmpty)) return value!;
      const text = yield* expander.text(operation.word);
      if (!/^[A-Za-z_]/.test(parameter)) shell.fail(`${parameter}: bad variable name`);
      shell.variables.set(parameter, text);
      return text;
    }
    case 'ErrorIfUnset': {
      if (!missing(operation.checkEmpty)) return value!;
      const text = yield* expander.text(operation.word);
      shell.fail(`${parameter}: ${text || (operation.checkEmpty ? 'parameter not set or null' : 'parameter not set')}`);
      break;
    }
    case 'Length':
      return String((value ?? '').length);
    case 'Substring': {
      const text = value ?? '';
      const offset = Number(yield* shell.calculator.value(operation.offset));
      const start = offset < 0 ? Math.max(0, text.length + offset) : offset;
      if (!operation.length) return text.slice(start);
      const length = Number(yield* shell.calculator.value(operation.length));
      return text.slice(start, length < 0 ? Math.max(start, text.length + length) : start + length);
    }
    case 'PatternRemoval':
      return removeFitting(value ?? '', yield* expander.pattern(operation.pattern), operation.side, operation.greedy);
    case 'PatternReplacement': {
      const pattern = yield* expander.pattern(operation.pattern);
      return replaceFitting(value ?? '', pattern, yield* expander.text(operation.replacement), operation);
    }
    case 'CaseModification': {
      const pattern = operation.pattern ? yield* expander.pattern(operation.pattern) : '?';
      const change = (text: string) =>
        !fitsPattern(pattern, text) ? text : operation.direction === 'upper' ? text.toUpperCase() : text.toLowerCase();
      const text = value ?? '';
      return operation.all ? [...text].map(change).join('') : change(text.slice(0, 1)) + text.slice(1);
    }
    case 'Transform':
      return transformed(operation.operator, value ?? '');
    default:
      shell.fail('bad substitution');
  }
  return '';
}

function transformed(operator: string, value: string): string {
  if (operator === 'Q') return `'${value.replaceAll("'", "'\\''")}'`;
  if (operator === 'U') return value.toUpperCase();
  if (operator === 'L') return value.toLowerCase();
  if (operator === 'u') return value.slice(0, 1).toUpperCase() + value.slice(1);
  return value;
}
