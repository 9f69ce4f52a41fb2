import { printf } from './printf';
import { isMap, isTrue, show, toJson, typeName } from './values';

/** Go's name of the type that a parameter must have. */
export type ParameterType = 'any' | 'string' | 'int' | '[]string';

/** A function of templates. What it throws is told with its name. */
export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** It takes more values than its parameters. */
  readonly more: boolean;
  readonly run: (...values: unknown[]) => unknown;
}

/** Whether a value can be given for a parameter. */
export function fits(type: ParameterType, value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'number' && Number.isInteger(value);
    case '[]string':
      return Array.isArray(value);
  }
}

type Comparable = string | number | boolean;

function comparable(value: unknown): Comparable {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Error('invalid type for comparison');
}

function equal(a: unknown, ...others: unknown[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => {
    if (a === null || a === undefined || other === null || other === undefined) return (a ?? null) === (other ?? null);
    const [left, right] = [comparable(a), comparable(other)];
    if (typeof left !== typeof right) throw new Error('incompatible types for comparison');
    return left === right;
  });
}

function less(a: unknown, b: unknown): boolean {
  const [left, right] = [comparable(a), comparable(b)];
  if (typeof left === 'boolean' || typeof right === 'boolean') throw new Error('invalid type for comparison');
  if (typeof left !== typeof right) throw new Error('incompatible types for comparison');
  return left < right;
}

function index(value: unknown, ...keys: unknown[]): unknown {
  let at = value;
  for (const key of keys) {
    if (at === null || at === undefined) throw new Error('index of untyped nil');
    if (isMap(at)) {
      if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
      at = Object.hasOwn(at, key) ? at[key] : undefined;
      continue;
    }
    if (!Array.isArray(at) && typeof at !== 'string') throw new Error(`can't index item of type ${typeName(at)}`);
    if (typeof key !== 'number') throw new Error(`cannot index slice/array with type ${typeName(key)}`);
    if (key < 0 || key >= at.length) throw new Error(`index out of range: ${key}`);
    at = typeof at === 'string' ? new TextEncoder().encode(at)[key] : at[key];
  }
  return at;
}

function slice(value: unknown, ...bounds: number[]): unknown {
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new Error(`can't slice item of type ${typeName(value)}`);
  const [from = 0, to = value.length] = bounds;
  for (const bound of bounds)
    if (!(bound >= 0 && bound <= value.length)) throw new Error(`index out of range: ${bound}`);
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return value.slice(from, to);
}

function length(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  if (value === null || value === undefined) throw new Error('len of nil pointer');
  throw new Error(`len of type ${typeName(value)}`);
}

/** fmt.Sprint: blanks only between two values that are no texts. */
function print(...values: unknown[]): string {
  return values
    .map((value, place) => {
      const before = values[place - 1];
      return (place > 0 && typeof value !== 'string' && typeof before !== 'string' ? ' ' : '') + show(value);
    })
    .join('');
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '<': '&lt;',
    '>': '&gt;',
    '&': '&amp;',
    '"': '&#34;',
    "'": '&#39;',
    '\0': '\uFFFD',
  };
  return text.replace(/[<>&"'\0]/g, (one) => names[one]!);
}

function escapeScript(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    "'": "\\'",
    '"': '\\"',
    '<': '\\u003C',
    '>': '\\u003E',
    '&': '\\u0026',
    '=': '\\u003D',
  };
  return text.replace(
    /[\\'"<>&=]|\p{Cc}/gu,
    (one) => names[one] ?? `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** Words begin after what is no letter, digit, underscore or apostrophe, as strings.Title has it. */
function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_whole, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

/** The functions that Go's templates have by themselves. `and` and `or` are not here: they stop early. */
export const goFunctions: Readonly<Record<string, TemplateFunction>> = {
  not: define(['any'], (value) => !isTrue(value)),
  eq: define(['any'], equal, 'more'),
  ne: define(['any', 'any'], (a, b) => !equal(a, b)),
  lt: define(['any', 'any'], less),
  le: define(['any', 'any'], (a, b) => less(a, b) || equal(a, b)),
  gt: define(['any', 'any'], (a, b) => !less(a, b) && !equal(a, b)),
  ge: define(['any', 'any'], (a, b) => !less(a, b)),
  index: define(['any'], index, 'more'),
  slice: define(['any'], (value, ...bounds) => slice(value, ...(bounds as number[])), 'more'),
  len: define(['any'], length),
  print: define([], print, 'more'),
  printf: define(['string'], (format, ...values) => printf(format as string, values), 'more'),
  println: define([], (...values) => `${values.map(show).join(' ')}\n`, 'more'),
  html: define([], (...values) => escapeHtml(print(...values)), 'more'),
  js: define([], (...values) => escapeScript(print(...values)), 'more'),
  urlquery: define([], (...values) => encodeURIComponent(print(...values)).replaceAll('%20', '+'), 'more'),
};

/** The functions that the docker command adds. */
export const dockerFunctions: Readonly<Record<string, TemplateFunction>> = {
  json: define(['any'], toJson),
  split: define(['string', 'string'], (text, separator) => (text as string).split(separator as string)),
  join: define(['[]string', 'string'], (list, separator) => (list as unknown[]).map(show).join(separator as string)),
  title: define(['string'], (text) => title(text as string)),
  lower: define(['string'], (text) => (text as string).toLowerCase()),
  upper: define(['string'], (text) => (text as string).toUpperCase()),
  pad: define(['string', 'int', 'int'], (text, before, after) =>
    text === '' ? '' : ' '.repeat(before as number) + text + ' '.repeat(after as number),
  ),
  truncate: define(['string', 'int'], (text, most) => [...(text as string)].slice(0, most as number).join('')),
};

function define(
  parameters: readonly ParameterType[],
  run: (...values: unknown[]) => unknown,
  more?: 'more',
): TemplateFunction {
  return { parameters, more: more !== undefined, run };
}
