import type { Route } from '../http';

/** A route that fits a method and path, with what its `{...}` parts hold. */
export interface RouteMatch<E> {
  readonly route: Route<E>;
  readonly params: Readonly<Record<string, string>>;
}

interface CompiledRoute<E> {
  readonly route: Route<E>;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/**
 * Finds the route of a request. Routes are grouped by method and first path segment, and tried in the order in which
 * they were given, so `/services/create` goes before `/services/{id}`.
 */
export class Router<E> {
  readonly #groups = new Map<string, CompiledRoute<E>[]>();

  constructor(routes: readonly Route<E>[]) {
    for (const route of routes) {
      const key = groupKey(route.method, route.path);
      const compiled = compile(route);
      const group = this.#groups.get(key);
      if (group) group.push(compiled);
      else this.#groups.set(key, [compiled]);
    }
  }

  /** `path` without version prefix and query; undefined when nothing fits (API-1). HEAD has routes of its own. */
  match(method: string, path: string): RouteMatch<E> | undefined {
    for (const { route, pattern, names } of this.#groups.get(groupKey(method, path)) ?? []) {
      const found = pattern.exec(path);
      if (!found) continue;
      const params: Record<string, string> = {};
      for (const [index, name] of names.entries()) {
        const value = decode(found[index + 1] ?? '');
        if (value === undefined) return undefined;
        params[name] = value;
      }
      return { route, params };
    }
    return undefined;
  }
}

function groupKey(method: string, path: string): string {
  const end = path.indexOf('/', 1);
  return `${method} ${end < 0 ? path : path.slice(0, end)}`;
}

function compile<E>(route: Route<E>): CompiledRoute<E> {
  const names: string[] = [];
  const source = route.path.replace(/\{(\w+)(\*?)\}|[.+?^$()|[\]\\]/g, (part, name?: string, star?: string) => {
    if (name === undefined) return `\\${part}`;
    names.push(name);
    return star ? '(.+)' : '([^/]+)';
  });
  return { route, pattern: new RegExp(`^${source}$`), names };
}

/** Undefined for an escape that is none, as `%zz`. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
