import type { EngineResponse, Route } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';

export type NodeRoute = Route<NodeEngine>;
type Handle = NodeRoute['handle'];

/** A route that only looks. */
export function reads(method: 'GET' | 'HEAD' | 'POST', path: string, handle: Handle): NodeRoute {
  return { method, path, writes: false, handle };
}

/** A route that may change something: its requests go into the journal. */
export function writes(method: 'POST' | 'DELETE' | 'PUT' | 'PATCH', path: string, handle: Handle): NodeRoute {
  return { method, path, writes: true, handle };
}

export function ok(json: unknown): EngineResponse {
  return { status: 200, headers: {}, json };
}

export function created(json: unknown): EngineResponse {
  return { status: 201, headers: {}, json };
}

/** 200 without a body. */
export const done: EngineResponse = { status: 200, headers: {} };

/** 204. */
export const noContent: EngineResponse = { status: 204, headers: {} };

/** The `version` of an update (API-21). Throws 400 for what is no whole number. */
export function readVersion(query: URLSearchParams, what: string): number {
  const text = query.get('version') ?? '';
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  if (what === 'secret' || what === 'config') throw new EngineError(400, `invalid ${what} version`);
  throw new EngineError(400, `invalid ${what} version '${text}': strconv.ParseUint: parsing "${text}": invalid syntax`);
}

/** A part of the engine that the simulation leaves out. */
export function outOfScope(method: NodeRoute['method'], path: string, what: string): NodeRoute {
  return {
    method,
    path,
    writes: false,
    handle: () => {
      throw new EngineError(501, `${what} is not part of the simulated engine`);
    },
  };
}
