import type { EventMessage } from '../../api';
import type { FilterArgs } from '../router/filters';

/** Actions whose name goes on after a colon: a filter names the part before it. */
const families = ['exec_create', 'exec_start', 'health_status'];

/** Filters that name an actor, by ID or name or the beginning of either. */
const actors = ['container', 'plugin', 'volume', 'network', 'daemon', 'service', 'secret', 'config', 'node'] as const;

/** Whether an event passes the filters of `GET /events`; keys that mean nothing here are no hindrance (API-73). */
export function includes(filters: FilterArgs, event: EventMessage): boolean {
  return (
    exact(filters, 'event', event.Action, family(event.Action)) &&
    exact(filters, 'type', event.Type) &&
    exact(filters, 'scope', event.scope) &&
    labelsFit(filters, event) &&
    imageFits(filters, event) &&
    actors.every((key) => fuzzy(filters, key, event.Actor.ID, event.Actor.Attributes.name))
  );
}

function family(action: string): string | undefined {
  return families.find((name) => action.startsWith(`${name}:`));
}

function exact(filters: FilterArgs, key: string, ...values: readonly (string | undefined)[]): boolean {
  const wanted = filters.get(key);
  return !wanted || wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value));
}

function fuzzy(filters: FilterArgs, key: string, ...values: readonly (string | undefined)[]): boolean {
  const wanted = filters.get(key);
  if (!wanted || wanted.length === 0) return true;
  return values.some((value) => value !== undefined && wanted.some((prefix) => value.startsWith(prefix)));
}

function labelsFit(filters: FilterArgs, event: EventMessage): boolean {
  return (filters.get('label') ?? []).every((wanted) => {
    const equals = wanted.indexOf('=');
    const value = event.Actor.Attributes[equals < 0 ? wanted : wanted.slice(0, equals)];
    return value !== undefined && (equals < 0 || value === wanted.slice(equals + 1));
  });
}

function imageFits(filters: FilterArgs, event: EventMessage): boolean {
  const wanted = filters.get('image');
  if (!wanted || wanted.length === 0) return true;
  const attribute = event.Type === 'image' ? 'name' : 'image';
  const names = [event.Actor.ID, event.Actor.Attributes[attribute]].filter((name) => name !== undefined);
  return names.some((name) => wanted.includes(name) || wanted.includes(withoutTag(name)));
}

function withoutTag(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
