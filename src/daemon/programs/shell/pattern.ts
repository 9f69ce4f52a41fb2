/** One unit of a shell pattern. */
type Unit =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' | 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly holds: (character: string) => boolean };

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /\p{Cc}/u,
};

const special = /[*?[\]\\]/g;

/** A text that a pattern takes as it is. */
export function escapePattern(text: string): string {
  return text.replace(special, '\\$&');
}

/** What a pattern without special characters stands for. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1');
}

/** Whether something in it is more than text. */
export function isPattern(pattern: string): boolean {
  return /[*?]|\[[\s\S]*\]/.test(pattern.replace(/\\[\s\S]/g, ''));
}

function readSet(pattern: string, start: number): { readonly unit: Unit; readonly end: number } | undefined {
  let index = start + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index++;
  const tests: ((character: string) => boolean)[] = [];
  for (let first = true; index < pattern.length; first = false) {
    let character = pattern[index]!;
    if (character === ']' && !first) {
      return {
        unit: { kind: 'set', negated, holds: (one) => tests.some((test) => test(one)) },
        end: index + 1,
      };
    }
    const named = /^\[:(\w+):\]/.exec(pattern.slice(index));
    const found = named ? classes[named[1]!] : undefined;
    if (named && found) {
      tests.push((one) => found.test(one));
      index += named[0].length;
      continue;
    }
    if (character === '\\' && index + 1 < pattern.length) character = pattern[++index]!;
    index++;
    if (pattern[index] === '-' && pattern[index + 1] !== ']' && index + 1 < pattern.length) {
      let to = pattern[index + 1]!;
      index += 2;
      if (to === '\\' && index < pattern.length) to = pattern[index++]!;
      const from = character;
      tests.push((one) => one >= from && one <= to);
    } else {
      const only = character;
      tests.push((one) => one === only);
    }
  }
  return undefined;
}

function compile(pattern: string): Unit[] {
  const units: Unit[] = [];
  for (let index = 0; index < pattern.length; ) {
    const character = pattern[index]!;
    if (character === '*') {
      if (units.at(-1)?.kind !== 'star') units.push({ kind: 'star' });
      index++;
    } else if (character === '?') {
      units.push({ kind: 'any' });
      index++;
    } else if (character === '[') {
      const set = readSet(pattern, index);
      units.push(set?.unit ?? { kind: 'text', text: '[' });
      index = set?.end ?? index + 1;
    } else {
      if (character === '\\' && index + 1 < pattern.length) index++;
      units.push({ kind: 'text', text: pattern[index]! });
      index++;
    }
  }
  return units;
}

function fits(unit: Unit, character: string): boolean {
  if (unit.kind === 'text') return unit.text === character;
  if (unit.kind === 'set') return unit.holds(character) !== unit.negated;
  return true;
}

/** Whether a whole text fits: in time that grows with the product of the lengths at most. */
function matches(units: readonly Unit[], text: string): boolean {
  let [unit, index, star, from] = [0, 0, -1, 0];
  while (index < text.length) {
    const current = units[unit];
    if (current?.kind === 'star') {
      star = unit++;
      from = index;
    } else if (current && fits(current, text[index]!)) {
      unit++;
      index++;
    } else if (star >= 0) {
      unit = star + 1;
      index = ++from;
    } else return false;
  }
  while (units[unit]?.kind === 'star') unit++;
  return unit === units.length;
}

let lastPattern = '';
let lastUnits: readonly Unit[] = [];

/** Whether a text fits a pattern of the shell: `*`, `?`, `[...]`, and `\` before what stands for itself. */
export function fitsPattern(pattern: string, text: string): boolean {
  if (pattern !== lastPattern) {
    lastUnits = compile(pattern);
    lastPattern = pattern;
  }
  return matches(lastUnits, text);
}

/** Takes a fitting beginning or end away: the shortest, or the longest when `greedy`. */
export function removeFitting(text: string, pattern: string, side: 'prefix' | 'suffix', greedy: boolean): string {
  const { length } = text;
  for (let turn = 0; turn <= length; turn++) {
    const size = greedy ? length - turn : turn;
    const part = side === 'prefix' ? text.slice(0, size) : text.slice(length - size);
    if (fitsPattern(pattern, part)) return side === 'prefix' ? text.slice(size) : text.slice(0, length - size);
  }
  return text;
}

/** Replaces the longest fitting parts: the first or all, or only one at the start or end. */
export function replaceFitting(
  text: string,
  pattern: string,
  replacement: string,
  how: { readonly all: boolean; readonly anchor: 'start' | 'end' | null },
): string {
  if (pattern === '') return text;
  if (how.anchor === 'end') {
    for (let start = 0; start <= text.length; start++)
      if (fitsPattern(pattern, text.slice(start))) return text.slice(0, start) + replacement;
    return text;
  }
  let result = '';
  let rest = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.length;
    while (end > start && !fitsPattern(pattern, text.slice(start, end))) end--;
    if (end === start) {
      if (how.anchor === 'start') return text;
      start++;
      continue;
    }
    result += text.slice(rest, start) + replacement;
    rest = start = end;
    if (!how.all) break;
  }
  return result + text.slice(rest);
}
