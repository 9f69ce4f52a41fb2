/** Leaves out what Go's `omitempty` leaves out: undefined, null, '', 0, false and empty lists and maps. Order stays. */
export function compact<T extends object>(object: T): T {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) if (!isEmpty(value)) result[key] = value;
  return result as T;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return false;
}

/** A map that is left out when it holds nothing. */
export function mapOrNothing<T>(
  map: Readonly<Record<string, T>> | null | undefined,
): Readonly<Record<string, T>> | undefined {
  return map && Object.keys(map).length > 0 ? map : undefined;
}
