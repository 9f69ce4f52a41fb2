import type { GoType } from './go-types';

/** What Go's decoder refuses: the first thing that does not fit, in its words. */
export class GoTypeError extends Error {}

type GoContainer = Extract<GoType, { readonly of: GoType }>;

interface Place {
  /** The struct whose field is read, without its package. */
  readonly struct: string;
  /** The fields from the outermost value on. */
  readonly path: readonly string[];
}

/**
 * A parsed JSON value as a Go program gets it (API-10): fields by their names in any case, what is not known left out,
 * and what does not fit refused. Where Go reads on after a mistake and tells the first one, so does this.
 * Throws GoTypeError.
 */
export function decodeGo(value: unknown, type: GoType): unknown {
  const decoder = new Decoder();
  const result = decoder.value(value, type, undefined);
  if (decoder.fault !== undefined) throw new GoTypeError(decoder.fault);
  return result === undefined && type.kind === 'struct' ? {} : result;
}

class Decoder {
  fault: string | undefined;

  /** Undefined where the value leaves the Go variable as it was. */
  value(value: unknown, type: GoType, place: Place | undefined): unknown {
    if (value === null)
      return type.kind === 'pointer' || type.kind === 'list' || type.kind === 'map' ? null : undefined;
    switch (type.kind) {
      case 'pointer':
        return this.value(value, type.of, place);
      case 'any':
        return value;
      case 'string':
      case 'bool':
        return typeof value === (type.kind === 'bool' ? 'boolean' : 'string')
          ? value
          : this.#mismatch(value, type, place);
      case 'float':
        return typeof value === 'number' ? value : this.#mismatch(value, type, place);
      case 'integer':
        return this.#integer(value, type, place);
      case 'bytes':
        return this.#bytes(value, type, place);
      case 'words':
        return this.#words(value, place);
      case 'list':
        if (!Array.isArray(value)) return this.#mismatch(value, type, place);
        return value.map((member) => this.value(member, type.of, place) ?? zero(type.of));
      case 'map':
        return this.#map(value, type, place);
      case 'struct':
        return this.#struct(value, type, place);
    }
  }

  #integer(value: unknown, type: Extract<GoType, { kind: 'integer' }>, place: Place | undefined): unknown {
    if (typeof value !== 'number') return this.#mismatch(value, type, place);
    if (Number.isInteger(value)) {
      const whole = BigInt(value);
      // 2^63 - 1 is read as 2^63 here: what rounds to a bound is taken for the bound.
      if (whole >= type.low && (whole <= type.high || whole === type.high + 1n)) return value;
    }
    return this.#mismatch(value, type, place, `number ${value}`);
  }

  #bytes(value: unknown, type: GoType, place: Place | undefined): unknown {
    if (typeof value !== 'string') return this.#mismatch(value, type, place);
    const wrong = base64Fault(value);
    if (wrong === undefined) return value;
    this.fault ??= `illegal base64 data at input byte ${wrong}`;
    return undefined;
  }

  /** A list of texts, or one text that stands for a list of one. */
  #words(value: unknown, place: Place | undefined): unknown {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((member) => member === null || typeof member === 'string')) {
      return value.map((member) => member ?? '');
    }
    return this.#mismatch(value, { kind: 'string', name: 'string' }, place);
  }

  #map(value: unknown, type: GoContainer, place: Place | undefined): unknown {
    if (typeof value !== 'object' || Array.isArray(value)) return this.#mismatch(value, type, place);
    const result: Record<string, unknown> = Object.create(null);
    for (const [key, member] of Object.entries(value as object)) {
      result[key] = this.value(member, type.of, place) ?? zero(type.of);
    }
    // Keys such as __proto__ are keys like others.
    return Object.setPrototypeOf(result, Object.prototype);
  }

  #struct(value: unknown, type: Extract<GoType, { kind: 'struct' }>, place: Place | undefined): unknown {
    if (typeof value !== 'object' || Array.isArray(value)) return this.#mismatch(value, type, place);
    const result: Record<string, unknown> = {};
    const { exact, folded } = type.fields;
    const struct = type.name.slice(type.name.lastIndexOf('.') + 1);
    for (const [key, member] of Object.entries(value as object)) {
      const name = exact.has(key) ? key : folded.get(key.toLowerCase());
      if (name === undefined) continue;
      const read = this.value(member, exact.get(name)!, { struct, path: [...(place?.path ?? []), name] });
      if (read !== undefined) result[name] = read;
    }
    return result;
  }

  #mismatch(value: unknown, type: GoType, place: Place | undefined, what = kindOf(value)): undefined {
    const where = place ? `Go struct field ${place.struct}.${place.path.join('.')}` : 'Go value';
    this.fault ??= `json: cannot unmarshal ${what} into ${where} of type ${type.name}`;
    return undefined;
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** What Go leaves where a member is null. */
function zero(type: GoType): unknown {
  switch (type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'integer':
    case 'float':
      return 0;
    case 'struct':
      return {};
    default:
      return null;
  }
}

/** Where a text stops being base64, as Go counts; undefined when it does not. Line ends are passed over. */
function base64Fault(text: string): number | undefined {
  const digits: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (char === '\n' || char === '\r') continue;
    if (/[A-Za-z0-9+/]/.test(char)) {
      digits.push(index);
      continue;
    }
    if (char !== '=') return index;
    return paddingFault(text, index, digits.length % 4);
  }
  return digits.length % 4 === 0 ? undefined : text.length;
}

/** Padding is the end: two signs after two digits, one after three, and nothing behind them. */
function paddingFault(text: string, at: number, digits: number): number | undefined {
  if (digits < 2) return at;
  let rest = text.slice(at + 1);
  let next = at + 1;
  const skip = () => {
    while (rest[0] === '\n' || rest[0] === '\r') {
      rest = rest.slice(1);
      next++;
    }
  };
  skip();
  if (digits === 2) {
    if (rest === '') return text.length;
    if (rest[0] !== '=') return next;
    rest = rest.slice(1);
    next++;
    skip();
  }
  return rest === '' ? undefined : next;
}
