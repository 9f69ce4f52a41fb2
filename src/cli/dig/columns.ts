/** Width of a tab stop. */
const stop = 8;

/** Fills up to a column with tabs, as dig does; a text that is there already gets one blank. */
export function padTo(text: string, column: number): string {
  const width = widthOf(text);
  if (width >= column) return `${text} `;
  return text + '\t'.repeat(Math.ceil((column - width) / stop));
}

function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width = char === '\t' ? (Math.floor(width / stop) + 1) * stop : width + 1;
  return width;
}
