/** Escapes of `echo -e` and `printf`: `\n`, `\t`, octal, hexadecimal. `stop` is set after `\c`. */
export function unescaped(text: string, octalNeedsZero = false): { readonly text: string; readonly stop: boolean } {
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character !== '\\' || index + 1 >= text.length) {
      result += character;
      continue;
    }
    const code = text[++index]!;
    const single = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '\\': '\\' }[code];
    if (code === 'c') return { text: result, stop: true };
    const octal = (octalNeedsZero ? /^0([0-7]{0,3})/ : /^0?([0-7]{1,3})|^0/).exec(text.slice(index, index + 4));
    const hexadecimal = /^x([0-9a-fA-F]{1,2})/.exec(text.slice(index, index + 3));
    if (single !== undefined) result += single;
    else if (octal) {
      result += String.fromCharCode(Number.parseInt(octal[1] || '0', 8) & 255);
      index += octal[0].length - 1;
    } else if (hexadecimal) {
      result += String.fromCharCode(Number.parseInt(hexadecimal[1]!, 16));
      index += hexadecimal[0].length - 1;
    } else result += `\\${code}`;
  }
  return { text: result, stop: false };
}

const conversion = /%(?:%|([-+ 0#]*)(\*|\d*)(?:\.(\*|\d*))?(?:hh|h|ll|l|q|j|z|t)?([a-zA-Z]))/g;
const widest = 10_000;

function padded(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  return flags.includes('0') && /^[+-]?[\da-f.]/i.test(text)
    ? (/^[+-]/.exec(text)?.[0] ?? '') + text.replace(/^[+-]/, '').padStart(width - (/^[+-]/.test(text) ? 1 : 0), '0')
    : text.padStart(width);
}

/** The number that a word stands for; undefined when it is none. */
function integer(word: string): bigint | undefined {
  const text = word.trim();
  if (text === '') return 0n;
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  if (/^[+-]?0[0-7]+$/.test(text))
    return text.startsWith('-') ? -BigInt(`0o${text.slice(2)}`) : BigInt(`0o${text.replace(/^\+?0/, '')}`);
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace('+', ''));
  if (/^0x[\da-f]+$/i.test(text)) return BigInt(text);
  return undefined;
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function floating(kind: string, value: number, precision: number): string {
  if (!Number.isFinite(value)) return String(value).toLowerCase().replace('infinity', 'inf');
  if (/f/i.test(kind)) return value.toFixed(Math.min(precision, 100));
  if (/e/i.test(kind)) return exponent(value.toExponential(Math.min(precision, 100)));
  const digits = Math.min(100, Math.max(1, precision));
  const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (power < -4 || power >= digits) return exponent(value.toExponential(digits - 1).replace(/\.?0+e/, 'e'));
  const fixed = value.toFixed(Math.min(100, Math.max(0, digits - 1 - power)));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

/** Text of a `printf`, and the words that were no numbers. */
export function formatted(
  format: string,
  words: readonly string[],
): { readonly text: string; readonly bad: readonly string[] } {
  const bad: string[] = [];
  const values = [...words];
  const plain = unescaped(format);
  let text = '';
  let stop = plain.stop;
  let taken: boolean;
  do {
    taken = false;
    const next = (): string | undefined => {
      taken = true;
      return values.shift();
    };
    text += plain.text.replace(
      conversion,
      (all, flags: string = '', wide: string = '', exact: string | undefined, kind: string | undefined) => {
        if (kind === undefined) return '%';
        if (stop && plain.stop === false) return '';
        let signs = flags;
        let width = wide === '*' ? Number(next() ?? 0) : Number(wide || 0);
        if (width < 0) signs += '-';
        width = Math.min(widest, Math.abs(width) || 0);
        const precision =
          exact === undefined ? undefined : Math.min(widest, exact === '*' ? Number(next() ?? 0) : Number(exact || 0));
        const word = next();
        if (kind === 's') return padded((word ?? '').slice(0, precision), signs.replace('0', ''), width);
        if (kind === 'c') return padded((word ?? '').slice(0, 1), signs.replace('0', ''), width);
        if (kind === 'b') {
          const inner = unescaped(word ?? '', false);
          if (inner.stop) stop = true;
          return padded(inner.text, signs.replace('0', ''), width);
        }
        if (kind === 'q')
          return /^[\w@%+=:,./-]+$/.test(word ?? '') ? word! : `'${(word ?? '').replaceAll("'", "'\\''")}'`;
        if (/[feg]/i.test(kind)) {
          const value = Number((word ?? '0').trim() || 0);
          if (Number.isNaN(value)) bad.push(word!);
          const number = floating(kind, Number.isNaN(value) ? 0 : value, precision ?? 6);
          return padded(signs.includes('+') && !number.startsWith('-') ? `+${number}` : number, signs, width);
        }
        if (/[diuxXo]/.test(kind)) {
          let value = integer(word ?? '');
          if (value === undefined) {
            bad.push(word!);
            value = BigInt(/^[+-]?\d+/.exec(word!)?.[0] ?? 0);
          }
          const base = kind === 'o' ? 8 : /x/i.test(kind) ? 16 : 10;
          const shown = kind === 'd' || kind === 'i' ? value : BigInt.asUintN(64, value);
          let number = shown.toString(base);
          if (precision !== undefined) number = number.replace(/\d+/, (digits) => digits.padStart(precision, '0'));
          if (kind === 'X') number = number.toUpperCase();
          if (signs.includes('#') && base === 16 && value !== 0n) number = `0${kind}${number}`;
          if (signs.includes('+') && value >= 0n && base === 10) number = `+${number}`;
          else if (signs.includes(' ') && value >= 0n && base === 10) number = ` ${number}`;
          return padded(number, precision === undefined ? signs : signs.replace('0', ''), width);
        }
        return all;
      },
    );
  } while (values.length > 0 && taken && !stop);
  return { text, bad };
}

/** What `echo` writes. */
export function echoed(words: readonly string[]): string {
  let rest = words;
  let end = '\n';
  let escapes = false;
  while (rest[0] !== undefined && /^-[neE]+$/.test(rest[0])) {
    if (rest[0].includes('n')) end = '';
    for (const letter of rest[0]) if (letter === 'e' || letter === 'E') escapes = letter === 'e';
    rest = rest.slice(1);
  }
  const text = rest.join(' ');
  if (!escapes) return text + end;
  const result = unescaped(text, true);
  return result.stop ? result.text : result.text + end;
}
