import { quoted } from './literals';
import { isMap, show, sortedKeys, typeName } from './values';

const directive = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])/g;

/** Go's fmt.Sprintf, for the values that templates have. */
export function printf(format: string, values: readonly unknown[]): string {
  let next = 0;
  const take = () => values[next++];
  const text = format.replace(directive, (whole, flags: string, width?: string, precision?: string, verb?: string) => {
    if (verb === '%') return '%';
    const wide = width === '*' ? Number(take()) : width === undefined ? 0 : Number(width);
    const precise =
      precision === '*'
        ? Number(take())
        : precision === undefined
          ? whole.includes('.')
            ? 0
            : undefined
          : Number(precision);
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = take();
    const shown = formatted(verb!, value, flags, precise);
    if (shown === undefined) return `%!${verb}(${typeName(value)}=${show(value)})`;
    return padded(
      shown,
      Math.abs(wide),
      flags.includes('-') || wide < 0,
      flags.includes('0') && typeof value === 'number',
    );
  });
  const extra = values.slice(next).map((value) => `${typeName(value)}=${show(value)}`);
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(', ')})` : text;
}

function formatted(verb: string, value: unknown, flags: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case 'v':
      return flags.includes('#') ? sourceForm(value) : signed(show(value), value, flags);
    case 'T':
      return typeName(value);
    case 's':
      return typeof value === 'string'
        ? clipped(value, precision)
        : typeof value === 'object'
          ? show(value)
          : undefined;
    case 'q':
      if (typeof value === 'string') return quoted(value);
      return typeof value === 'number' ? `'${String.fromCodePoint(value)}'` : undefined;
    case 't':
      return typeof value === 'boolean' ? String(value) : undefined;
    default:
      return typeof value === 'number' ? numeric(verb, value, flags, precision) : textual(verb, value, flags);
  }
}

function numeric(verb: string, value: number, flags: string, precision: number | undefined): string | undefined {
  const whole = Number.isInteger(value);
  const prefix = (text: string) => (flags.includes('#') ? text : '');
  const radix = (base: number, before: string) => {
    const sign = value < 0 ? '-' : '';
    return whole ? `${sign}${prefix(before)}${Math.abs(value).toString(base)}` : undefined;
  };
  switch (verb) {
    case 'd':
      return whole ? signed(String(value), value, flags) : undefined;
    case 'b':
      return radix(2, '0b');
    case 'o':
      return radix(8, '0');
    case 'x':
      return radix(16, '0x');
    case 'X':
      return radix(16, '0x')?.toUpperCase();
    case 'c':
      return whole ? String.fromCodePoint(value) : undefined;
    case 'U':
      return whole ? `U+${value.toString(16).toUpperCase().padStart(4, '0')}` : undefined;
    case 'f':
    case 'F':
      return signed(value.toFixed(precision ?? 6), value, flags);
    case 'e':
      return signed(value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'), value, flags);
    case 'g':
      return signed(show(precision === undefined ? value : Number(value.toPrecision(precision || 1))), value, flags);
    default:
      return undefined;
  }
}

function textual(verb: string, value: unknown, flags: string): string | undefined {
  if (typeof value !== 'string' || (verb !== 'x' && verb !== 'X')) return undefined;
  const bytes = [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, '0'));
  const text = bytes.join(flags.includes(' ') ? ' ' : '');
  return verb === 'X' ? text.toUpperCase() : text;
}

function signed(text: string, value: unknown, flags: string): string {
  if (typeof value !== 'number' || value < 0) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function clipped(text: string, precision: number | undefined): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('');
}

function padded(text: string, width: number, left: boolean, zeros: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (left) return text + ' '.repeat(missing);
  if (!zeros) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

/** A value as it would stand in Go's source. */
function sourceForm(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(sourceForm).join(', ')}}`;
  if (isMap(value)) {
    const pairs = sortedKeys(value).map((key) => `${quoted(key)}:${sourceForm(value[key])}`);
    return `map[string]interface {}{${pairs.join(', ')}}`;
  }
  return value === null || value === undefined ? 'interface {}(nil)' : show(value);
}
