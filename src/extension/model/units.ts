/** Reading and writing the units that Docker's command line takes. Errors are the command line's own texts. */

/** A value that was read, or what is wrong with the text. */
export type Parsed<T> = { readonly value: T } | { readonly error: string };

const nanoseconds: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** A Go duration (`5s`, `1m30s`, `100ms`, `0`) in nanoseconds. */
export function parseDuration(text: string): Parsed<number> {
  const trimmed = text.trim();
  if (trimmed === '0') return { value: 0 };
  const wrong = { error: `time: invalid duration "${trimmed}"` };
  const match = /^([-+])?((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(trimmed);
  if (!match) return /^[-+]?\d+$/.test(trimmed) ? { error: `time: missing unit in duration "${trimmed}"` } : wrong;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (nanoseconds[unit as string] as number);
  }
  return { value: Math.round(match[1] === '-' ? -total : total) };
}

/** A duration as Go prints it: `1m30s`, `500ms`, `0s`. */
export function formatDuration(duration: number): string {
  if (duration === 0) return '0s';
  const sign = duration < 0 ? '-' : '';
  let rest = Math.abs(duration);
  if (rest < 1e3) return `${sign}${rest}ns`;
  if (rest < 1e6) return `${sign}${rest / 1e3}µs`;
  if (rest < 1e9) return `${sign}${rest / 1e6}ms`;
  const hours = Math.floor(rest / 3600e9);
  rest -= hours * 3600e9;
  const minutes = Math.floor(rest / 60e9);
  rest -= minutes * 60e9;
  return `${sign}${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${rest / 1e9}s`;
}

const sizes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** A size of memory (`50m`, `1.5g`, `1GiB`) in bytes. */
export function parseBytes(text: string): Parsed<number> {
  const trimmed = text.trim();
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(trimmed);
  if (!match) return { error: `invalid size: '${trimmed}'` };
  return { value: Math.floor(Number(match[1]) * (sizes[(match[2] ?? '').toLowerCase()] as number)) };
}

/** Bytes as Docker's command line prints them: `50MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}

/** A number of CPUs (`0.5`) in billionths. */
export function parseCpus(text: string): Parsed<number> {
  const trimmed = text.trim();
  if (!/^\d*\.?\d+$/.test(trimmed)) return { error: `failed to parse ${trimmed || '""'} as a rational number` };
  const nano = Number(trimmed) * 1e9;
  if (!Number.isInteger(Number(nano.toFixed(3)))) return { error: 'value is too precise' };
  return { value: Math.round(nano) };
}

export function formatCpus(nano: number): string {
  return String(nano / 1e9);
}

/** Splits a line into words as a shell does with quotes and backslashes; variables and patterns are not touched. */
export function splitWords(line: string): Parsed<string[]> {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (quote) {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && /["\\]/.test(line[i + 1] ?? '')) word += line[++i] as string;
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === '\\' && i + 1 < line.length) word = (word ?? '') + (line[++i] as string);
    else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (quote) return { error: 'invalid command line string' };
  if (word !== undefined) words.push(word);
  return { value: words };
}

/** The inverse of `splitWords`. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/(["\\])/g, '\\$1')}"`)).join(' ');
}

/** Splits at commas; blanks around the parts and empty parts are dropped. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `key=value` pairs (a key alone has an empty value). */
export function parsePairs(parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}
