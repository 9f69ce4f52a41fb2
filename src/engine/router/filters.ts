import { EngineError } from '../http';

/** The filters of a list request: key -> its values (API-11). */
export type FilterArgs = ReadonlyMap<string, readonly string[]>;

/** Reads `filters`, in its form `{"k":{"v":true}}` and the older `{"k":["v"]}`. Throws 400 when it is neither. */
export function parseFilters(query: URLSearchParams): FilterArgs {
  const text = query.get('filters');
  const result = new Map<string, readonly string[]>();
  if (!text) return result;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new EngineError(400, `invalid filter: ${text}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EngineError(400, `invalid filter: ${text}`);
  }
  for (const [key, values] of Object.entries(value)) {
    if (Array.isArray(values)) result.set(key, values.map(String));
    else if (typeof values === 'object' && values !== null) {
      const set = Object.entries(values as Record<string, unknown>).filter(([, on]) => on !== false);
      result.set(
        key,
        set.map(([name]) => name),
      );
    } else throw new EngineError(400, `invalid filter: ${text}`);
  }
  return result;
}

/** Refuses keys that the route does not know (API-11). */
export function acceptOnly(filters: FilterArgs, keys: readonly string[], capital: boolean): void {
  for (const key of filters.keys()) {
    if (keys.includes(key)) continue;
    throw new EngineError(400, `${capital ? 'I' : 'i'}nvalid filter '${key}'`);
  }
}

/** Whether no value was given, or one of them fits. */
export function anyOf(filters: FilterArgs, key: string, fits: (value: string) => boolean): boolean {
  const values = filters.get(key);
  return !values || values.length === 0 || values.some(fits);
}

/** Prefix match, as the swarm's lists do for `name` and `id` (API-22). */
export function anyPrefix(filters: FilterArgs, key: string, text: string): boolean {
  return anyOf(filters, key, (value) => text.startsWith(value));
}

/** All labels asked for must be there: `k` or `k=v` (API-22). */
export function matchLabels(
  filters: FilterArgs,
  key: string,
  labels: Readonly<Record<string, string>> | null | undefined,
): boolean {
  return (filters.get(key) ?? []).every((wanted) => {
    const equals = wanted.indexOf('=');
    const name = equals < 0 ? wanted : wanted.slice(0, equals);
    const value = labels?.[name];
    return value !== undefined && (equals < 0 || value === wanted.slice(equals + 1));
  });
}

/** The engine's reading of a yes or no in a query: anything but these is yes. */
export function isTrue(value: string | null): boolean {
  return !['', '0', 'no', 'false', 'none'].includes((value ?? '').toLowerCase().trim());
}
