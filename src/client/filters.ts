/** Filters of list requests: key -> values (API-11). */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** A query string with its question mark, or nothing. Undefined, false and empty values are left out. */
export function queryString(values: Readonly<Record<string, string | number | boolean | Filters | undefined>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === false || value === '') continue;
    if (typeof value === 'object') {
      if (Object.keys(value).length > 0) query.set(key, JSON.stringify(value));
    } else query.set(key, value === true ? '1' : String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}
