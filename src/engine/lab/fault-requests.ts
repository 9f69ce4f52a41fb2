import type { LabFaultRequest, LabPlane } from '../../api';
import { EngineError } from '../http';

/** What a fault request may name, looked up in the cluster. Both throw 404. */
export interface FaultNames {
  /** Host name of a machine given by name or node ID. */
  node(reference: string): string;
  /** Full ID of a container that is there. */
  container(reference: string): string;
}

const planes: readonly unknown[] = ['control', 'gossip', 'data', 'esp'];

type Given = Readonly<Record<string, unknown>>;

/** A fault request with everything checked and names made whole. Throws 400 for what is no fault. */
export function checkFault(request: unknown, names: FaultNames): LabFaultRequest {
  const given: Given = typeof request === 'object' && request !== null ? (request as Given) : {};
  const node = () => names.node(text(given, 'node'));
  switch (given.kind) {
    case 'node down':
      return { kind: 'node down', node: node() };
    case 'cut':
      return { kind: 'cut', node: node(), ...plane(given) };
    case 'partition':
      return { kind: 'partition', groups: groups(given.groups, names), ...plane(given) };
    case 'packet loss': {
      const where = plane(given).plane;
      if (where !== undefined && where !== 'gossip' && where !== 'data')
        throw new EngineError(400, 'packets get lost on the plane gossip or data; leave it out for both');
      return {
        kind: 'packet loss',
        percent: number(given, 'percent', 1, 99),
        ...(given.node === undefined ? {} : { node: node() }),
        ...(where === undefined ? {} : { plane: where }),
      };
    }
    case 'slow node':
      return { kind: 'slow node', node: node(), factor: number(given, 'factor', 1, 1000) };
    case 'slow pulls':
      return { kind: 'slow pulls', factor: number(given, 'factor', 1, 1000) };
    case 'failing pull':
      return {
        kind: 'failing pull',
        image: text(given, 'image'),
        ...(given.message === undefined ? {} : { message: text(given, 'message') }),
      };
    case 'crash':
      return {
        kind: 'crash',
        container: names.container(text(given, 'container')),
        exitCode: given.exitCode === undefined ? 1 : number(given, 'exitCode', 0, 255),
      };
    case 'unhealthy':
      return { kind: 'unhealthy', container: names.container(text(given, 'container')) };
    case 'upstream dns down':
    case 'registry down':
    case 'key-value store down':
      return { kind: given.kind };
    default:
      throw new EngineError(400, `unknown fault: ${JSON.stringify(given.kind ?? null)}`);
  }
}

function text(given: Given, name: string): string {
  const value = given[name];
  if (typeof value !== 'string' || value === '') throw new EngineError(400, `${name} must be a text`);
  return value;
}

function number(given: Given, name: string, least: number, most: number): number {
  const value = given[name];
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new EngineError(400, `${name} must be a number from ${least} to ${most}`);
  return value;
}

function plane(given: Given): { readonly plane?: LabPlane } {
  if (given.plane === undefined) return {};
  if (!planes.includes(given.plane)) throw new EngineError(400, `plane must be one of ${planes.join(', ')}`);
  return { plane: given.plane as LabPlane };
}

function groups(value: unknown, names: FaultNames): readonly (readonly string[])[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(Array.isArray))
    throw new EngineError(400, 'groups must be a list of lists of nodes');
  return value.map((group: readonly unknown[]) => group.map((name) => names.node(String(name))));
}
