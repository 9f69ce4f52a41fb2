import type { ProfileName } from '../../api';
import { EngineError } from '../http';
import { parseJson } from './body';
import { decodeGo } from './go-json';
import { GoTypes } from './go-types';

/** The filters of a list request: key -> its values (API-11). */
export type FilterArgs = ReadonlyMap<string, readonly string[]>;

const types = new GoTypes('');
const sets = types.read('map[string]map[string]bool');
const lists = types.read('map[string][]string');

/**
 * Reads `filters`, in its form `{"k":{"v":true}}` and the older `{"k":["v"]}`. What is neither is refused with 400; an
 * engine of 20.10 says why in the words of Go's decoder, and most of its routes take it for an error of their own (500).
 */
export function parseFilters(
  query: URLSearchParams,
  { name }: { readonly name: ProfileName },
  status = 500,
): FilterArgs {
  const text = query.get('filters');
  if (!text) return new Map();
  const refuse = (reason: string) =>
    name === '20.10' ? new EngineError(status, reason) : new EngineError(400, 'invalid filter');
  const parsed = parseWith(text, refuse);
  try {
    const found = decodeGo(parsed, sets) as Record<string, Record<string, boolean> | null> | null;
    return new Map(
      Object.entries(found ?? {}).map(([key, values]) => [
        key,
        Object.keys(values ?? {}).filter((value) => values?.[value] !== false),
      ]),
    );
  } catch (error) {
    const older = attempt(() => decodeGo(parsed, lists) as Record<string, readonly string[] | null>);
    if (!older) throw refuse((error as Error).message);
    return new Map(Object.entries(older).map(([key, values]) => [key, values ?? []]));
  }
}

function parseWith(text: string, refuse: (reason: string) => Error): unknown {
  try {
    return parseJson(text, '20.10');
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
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

/** The value of a filter that is yes or no; undefined when it is not asked for. Throws 400 for other values. */
export function flagOf(filters: FilterArgs, key: string, capital: boolean): boolean | undefined {
  const values = filters.get(key);
  if (!values || values.length === 0) return undefined;
  const yes = values.some((value) => /^(?:1|true)$/.test(value));
  const no = values.some((value) => /^(?:0|false)$/.test(value));
  if (yes !== no) return yes;
  throw new EngineError(400, `${capital ? 'I' : 'i'}nvalid filter '${key}=[${values.join(' ')}]'`);
}

/** A yes or no of a query as Go reads one; no without a value. Throws 400 for what is neither. */
export function readFlag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  if (text === null || text === '') return false;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw new EngineError(
    400,
    `invalid value for ${name}: ${text}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
