/** Whether two answers say the same: IDs, times, versions and the last part of addresses may be others. */
export function alike(one: unknown, other: unknown): boolean {
  return JSON.stringify(masked(one)) === JSON.stringify(masked(other));
}

/** A value with what no two clusters share put aside, and the keys of its objects in order. */
function masked(value: unknown, key = ''): unknown {
  if (key === 'Index' || key === 'KernelVersion' || key === 'MacAddress') return `<${key}>`;
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((member) => masked(member));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [maskText(name), masked(member, name)])
      .sort(([a = ''], [b = '']) => (String(a) < String(b) ? -1 : 1)),
  );
}

function maskText(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
    .replace(/\b(?:[0-9a-f]{64}|[0-9a-z]{25}|[0-9a-f]{12})\b/g, '<id>')
    .replace(/\b(\d+\.\d+\.\d+)\.\d+\b/g, '$1.<n>');
}
