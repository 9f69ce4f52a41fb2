/** Text as Markdown that shows exactly this text: names and errors come from others and may contain anything. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!|~<>&$:@]/g, (c) =>
      c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`,
    )
    .replace(/\r?\n/g, ' ');
}

/** Text in a code span, whatever backticks it contains. */
export function code(text: string): string {
  const flat = text.replace(/\r?\n/g, ' ');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || /^ .* $/.test(flat) ? `${fence} ${flat} ${fence}` : `${fence}${flat || ' '}${fence}`;
}

/** A cell of a table: escaped, on one line. */
export const cell = escapeMarkdown;

/** A heading and a two-column list of facts; facts without a value are left out. */
export function facts(title: string, rows: readonly (readonly [string, string | undefined])[]): string {
  const lines = rows.flatMap(([name, value]) => (value ? [`${escapeMarkdown(name)}: ${code(value)}`] : []));
  return [`**${escapeMarkdown(title)}**`, ...lines].join('  \n');
}
