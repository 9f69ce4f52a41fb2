const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The text of a Go string literal, quoted or raw. */
export function stringOf(literal: string): string {
  const inside = literal.slice(1, -1);
  if (literal.startsWith('`')) return inside;
  return inside.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs,
    (_whole, x?: string, u?: string, long?: string, octal?: string, one?: string) => {
      if (one !== undefined) return escapes[one] ?? one;
      return String.fromCodePoint(octal ? Number.parseInt(octal, 8) : Number.parseInt((x ?? u ?? long)!, 16));
    },
  );
}

/** The number of a character constant. */
export function characterOf(literal: string): number {
  return stringOf(literal).codePointAt(0) ?? 0;
}

/** A text as Go's %q prints it. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, '\\x$1');
}
